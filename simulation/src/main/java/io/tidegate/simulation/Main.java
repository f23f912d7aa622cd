package io.tidegate.simulation;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: runs seeds until one fails, and shows that seed in as few lines as possible. */
@Command(
        name = "./tidegate simulate",
        abbreviateSynopsis = true,
        usageHelpWidth = 80,
        description = {
            "Runs seed after seed until one breaks a promise. The scenario of that seed is then reduced, and shown"
                    + " with its trace and the command that runs it again. The numbers of all events are printed, so"
                    + " that events that never happened are visible, too. See docs/simulation.md."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all promises were kept", "1:one was not", "2:wrong usage"})
public final class Main implements Callable<Integer> {
    @Option(names = "--seeds", paramLabel = "N", description = "how many (${DEFAULT-VALUE})")
    private long seeds = 1_000;

    @Option(names = "--first", paramLabel = "N", description = "the first seed (${DEFAULT-VALUE})")
    private long first = 1;

    @Option(names = "--seed", paramLabel = "N", description = "only this seed, which always gives the same run")
    private @Nullable Long seed;

    @Option(names = "--minutes", paramLabel = "N", description = "how long, instead of --seeds")
    private @Nullable Double minutes;

    @Option(names = "--trace", description = "prints the whole trace, and not only its end")
    private boolean trace;

    @Option(names = "--threads", paramLabel = "N", description = "how many seeds run at once (one per processor)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--no-shrink", description = "shows a failing seed without reducing it")
    private boolean asDrawn;

    @Option(names = "--lines", paramLabel = "N", description = "how many lines of the trace's end (${DEFAULT-VALUE})")
    private int lines = 60;

    @Option(names = "--pods", paramLabel = "N", description = "with --seed, instead of the number that the seed gives")
    private @Nullable Integer pods;

    @Option(names = "--apps", paramLabel = "N", description = "likewise: clients of clients/java")
    private @Nullable Integer apps;

    @Option(names = "--improvisers", paramLabel = "N", description = "likewise: clients that send what they like")
    private @Nullable Integer improvisers;

    @Option(names = "--plain", paramLabel = "N", description = "likewise: clients on the plain wire")
    private @Nullable Integer plain;

    @Option(names = "--seconds", paramLabel = "N", description = "likewise")
    private @Nullable Integer seconds;

    @Option(names = "--faults", paramLabel = "A,B", description = "likewise: only these, such as KILL_POD; or none")
    private @Nullable String faults;

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
        // The log lines of servers and clients about each fault would hide the result.
        LogManager.getLogManager().reset();
        CommandLine command = new CommandLine(new Main());
        command.setParameterExceptionHandler((error, given) -> {
            System.err.println("tidegate: simulate: "
                    + String.valueOf(error.getMessage()).lines().findFirst().orElse("wrong usage"));
            return 2;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        Long one = seed;
        check(
                one != null || !(trace || isAltered()),
                "--trace, --pods, --apps, --improvisers, --plain, --seconds and --faults need --seed");
        check(threads > 0 && lines > 0 && seeds > 0, "--threads, --lines and --seeds are at least 1");
        check(minutes == null || minutes > 0, "--minutes is more than 0");
        if (one != null) {
            return show(altered(Scenario.of(one)));
        }
        Campaign campaign = new Campaign(
                first,
                minutes == null ? seeds : Long.MAX_VALUE,
                minutes == null ? Long.MAX_VALUE : (long) (minutes * TimeUnit.MINUTES.toNanos(1)),
                threads);
        Campaign.Result result = campaign.run(System.err::println);
        System.out.printf(
                "%,d seeds in %.1f s, %,d events, from seed %d on%n",
                result.seeds(), result.seconds(), result.events(), first);
        show(result.coverage());
        Scenario failed = result.failed();
        if (failed == null) {
            System.out.println("All promises were kept.");
            return 0;
        }
        System.out.println("seed " + failed.seed() + " fails");
        return show(asDrawn ? failed : Shrinker.shrink(failed));
    }

    private boolean isAltered() {
        return pods != null
                || apps != null
                || improvisers != null
                || plain != null
                || seconds != null
                || faults != null;
    }

    private Scenario altered(Scenario drawn) {
        Scenario altered = drawn.with(
                or(pods, drawn.pods()),
                or(apps, drawn.apps()),
                or(improvisers, drawn.improvisers()),
                or(plain, drawn.plain()),
                or(seconds, drawn.seconds()));
        check(
                altered.pods() > 0 && altered.apps() > 0 && altered.seconds() > 0,
                "--pods, --apps and --seconds are at least 1");
        check(altered.improvisers() >= 0 && altered.plain() >= 0, "--improvisers and --plain are at least 0");
        return faults == null ? altered : altered.with(faults(faults));
    }

    private static int or(@Nullable Integer given, int drawn) {
        return given == null ? drawn : given;
    }

    private Set<Fault> faults(String names) {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        for (String name : names.split(",")) {
            try {
                if (!name.equals("none")) {
                    chosen.add(Fault.valueOf(name));
                }
            } catch (IllegalArgumentException e) {
                check(false, "unknown fault '" + name + "' (there are: none, " + EnumSet.allOf(Fault.class) + ")");
            }
        }
        return chosen;
    }

    private void check(boolean right, String otherwise) {
        if (!right && spec != null) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private int show(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.run(scenario, true);
        int from = trace ? 0 : Math.max(0, outcome.trace().size() - lines);
        if (from > 0) {
            System.out.printf("(%,d lines before; --trace shows all)%n", from);
        }
        outcome.trace().subList(from, outcome.trace().size()).forEach(System.out::println);
        System.out.println(scenario);
        if (seed != null) {
            show(outcome.coverage());
        }
        if (outcome.violation() == null) {
            System.out.println("All promises were kept.");
            return 0;
        }
        System.out.println("FAILED " + outcome.violation());
        System.out.println("again: " + scenario.command() + " --trace");
        return 1;
    }

    private static void show(Map<String, Long> coverage) {
        coverage.forEach((what, times) -> System.out.printf("%,14d  %s%n", times, what));
    }
}
