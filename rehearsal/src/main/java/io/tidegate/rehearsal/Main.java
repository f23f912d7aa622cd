package io.tidegate.rehearsal;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of the rehearsal's jar. */
@Command(
        name = "rehearsal",
        subcommands = {ChaosCommand.class, LoadCommand.class, RehearseCommand.class},
        mixinStandardHelpOptions = true)
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }
}
