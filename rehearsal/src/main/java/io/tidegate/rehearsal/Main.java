package io.tidegate.rehearsal;

import io.tidegate.command.Subcommand;
import io.tidegate.rehearsal.load.LoadCommand;
import io.tidegate.rehearsal.scale.RehearseCommand;

/** The entry point of the jar. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Subcommand.line(new LoadCommand(), new RehearseCommand()).execute(arguments));
    }
}
