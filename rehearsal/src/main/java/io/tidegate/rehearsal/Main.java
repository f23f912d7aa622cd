package io.tidegate.rehearsal;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The entry point of the rehearsal's jar: the commands that {@code ./tidegate} passes on, with their {@code --help}. */
@Command(
        name = "./tidegate",
        subcommands = {AttackCommand.class, ChaosCommand.class, LoadCommand.class, RehearseCommand.class})
public final class Main {
    private static final int TERMINAL_COLUMNS = 80;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "prints this text")
    @SuppressWarnings("unused") // by picocli
    private boolean help;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** Reports a wrong argument in one line that names it, with exit code 2. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(TERMINAL_COLUMNS)
                .setParameterExceptionHandler((error, given) -> {
                    CommandLine command = error.getCommandLine();
                    command.getErr().println("tidegate: " + command.getCommandName() + ": " + firstLine(error));
                    return CommandLine.ExitCode.USAGE;
                });
    }

    private static String firstLine(Exception error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("wrong usage");
    }
}
