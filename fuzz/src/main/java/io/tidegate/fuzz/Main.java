package io.tidegate.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command: fuzzes for any given time. */
@Command(
        name = "./tidegate fuzz",
        abbreviateSynopsis = true,
        usageHelpWidth = 80,
        description = {
            "Fuzzes all code that reads what clients, servers and other nodes send. Inputs are changed by the code"
                    + " that they reach, until one breaks a promise of the target. Each target begins with the inputs"
                    + " in fuzz/src/test/resources and with those from earlier runs in fuzz/target/fuzz. See docs/security.md."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all promises were kept", "1:one was not", "2:wrong usage"})
public final class Main implements Callable<Integer> {
    @Parameters(paramLabel = "TARGET", description = "which (all)", arity = "0..*")
    private List<String> titles = new ArrayList<>();

    @Option(names = "--minutes", paramLabel = "N", description = "how long, all targets together (${DEFAULT-VALUE})")
    private double minutes = 10;

    @Option(names = "--at-once", paramLabel = "N", description = "how many targets run at once (one per processor)")
    private int atOnce = Runtime.getRuntime().availableProcessors();

    @Option(names = "--root", paramLabel = "DIR", description = "of the source", hidden = true)
    private Path root = Path.of("");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "prints this text")
    @SuppressWarnings("unused") // by picocli
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new Main());
        command.setParameterExceptionHandler((error, given) -> {
            System.err.println("tidegate: fuzz: "
                    + String.valueOf(error.getMessage()).lines().findFirst().orElse("wrong usage"));
            return 2;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> known = Target.ALL.stream().map(Target::title).toList();
        for (String title : titles) {
            check(
                    known.contains(title),
                    "unknown target '" + title + "' (there are: " + String.join(", ", known) + ")");
        }
        check(atOnce > 0, "--at-once is at least 1");
        check(minutes > 0, "--minutes is more than 0");

        Path module = root.resolve("fuzz");
        List<Fuzzing> chosen = Target.ALL.stream()
                .filter(target -> titles.isEmpty() || titles.contains(target.title()))
                .map(target -> target.fuzzing(
                        module.resolve(Fuzzing.KEPT), module.resolve("target").resolve("fuzz")))
                .toList();
        int rounds = (chosen.size() + atOnce - 1) / atOnce;
        Duration each = Duration.ofMillis((long) (minutes * 60_000 / rounds));
        System.out.printf("%d targets, %d at once, %d s each%n", chosen.size(), atOnce, Math.max(1, each.toSeconds()));
        List<Fuzzing.Outcome> outcomes = Campaign.run(chosen, each, atOnce, System.out::println);
        if (outcomes.stream().anyMatch(outcome -> outcome.failed().isPresent())) {
            return 1;
        }
        System.out.println("All promises were kept.");
        return 0;
    }

    private void check(boolean right, String otherwise) {
        if (!right && spec != null) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
