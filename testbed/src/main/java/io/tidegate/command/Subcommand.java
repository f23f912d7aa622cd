package io.tidegate.command;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** A command that {@code ./tidegate} passes on to the jar of a module, with its {@code --help}. */
public abstract class Subcommand implements Callable<Integer> {
    private static final int TERMINAL_COLUMNS = 80;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Option(names = "--root", hidden = true, description = "where the modules are")
    private Path root = Path.of("");

    @Command(name = "./tidegate")
    private static final class Tidegate {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                scope = ScopeType.INHERIT,
                description = "prints this text")
        @SuppressWarnings("unused") // by picocli
        private boolean help;
    }

    /** The commands of a jar. A wrong argument is reported in one line that names it, with exit code 2. */
    public static CommandLine line(Subcommand... commands) {
        CommandLine line = new CommandLine(new Tidegate());
        for (Subcommand command : commands) {
            line.addSubcommand(command);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
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

    /** The folder of the modules. */
    protected final Path root() {
        return root;
    }

    /**
     * The jar of a built server.
     *
     * @param option that names the runtime, for the message
     */
    protected final Path jar(String option, String runtime) {
        Path jar = root.resolve(runtime + "-server/target/tidegate-" + runtime + "-server.jar");
        if (!Files.exists(jar)) {
            throw wrong(option + ": no " + jar + "; allowed are se and mp, built before");
        }
        return jar;
    }

    protected final CommandLine commandLine() {
        return spec.commandLine();
    }

    protected final PrintWriter err() {
        return commandLine().getErr();
    }

    /** A wrong argument, which ends the command with exit code 2. */
    protected final ParameterException wrong(String what) {
        return new ParameterException(commandLine(), what);
    }
}
