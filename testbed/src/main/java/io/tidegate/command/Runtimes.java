package io.tidegate.command;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that chooses which of the built servers take part. */
public final class Runtimes {
    private static final String NAME = "--runtimes";

    @Option(names = NAME, split = ",", paramLabel = "NAME", description = "which runtimes, one after the other (se,mp)")
    private List<String> runtimes = List.of("se", "mp");

    public List<String> names() {
        return runtimes;
    }

    /** The jar of one of them. */
    public Path jar(Subcommand command, String runtime) {
        return command.jar(NAME, runtime);
    }

    /** The jars of all of them. */
    public List<Path> jars(Subcommand command) {
        return runtimes.stream().map(runtime -> jar(command, runtime)).toList();
    }
}
