package io.tidegate.rehearsal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose the built servers that take part. */
final class BuiltServers {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Option(
            names = "--runtimes",
            split = ",",
            paramLabel = "NAME",
            description = "which runtimes, one after the other (se,mp)")
    private List<String> runtimes = List.of("se", "mp");

    @Option(names = "--root", hidden = true, description = "where the modules are")
    private Path root = Path.of("");

    /** The folder of the modules. */
    Path root() {
        return root;
    }

    List<String> runtimes() {
        return runtimes;
    }

    List<Path> jars() {
        return runtimes.stream().map(this::jar).toList();
    }

    Path jar(String runtime) {
        return jar(spec, "--runtimes", root, runtime);
    }

    /** @param option that names the runtime, for the message */
    static Path jar(CommandSpec spec, String option, Path root, String runtime) {
        Path jar = root.resolve(runtime + "-server/target/tidegate-" + runtime + "-server.jar");
        if (!Files.exists(jar)) {
            throw new ParameterException(
                    spec.commandLine(), option + ": no " + jar + "; allowed are se and mp, built before");
        }
        return jar;
    }
}
