package io.tidegate.chaos;

import io.tidegate.command.Subcommand;

/** The entry point of the jar. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Subcommand.line(new AttackCommand(), new ChaosCommand()).execute(arguments));
    }
}
