package io.tidegate.rehearsal;

import io.tidegate.rehearsal.load.Course;
import io.tidegate.rehearsal.load.LoadPlan;
import io.tidegate.rehearsal.load.LoadResult;
import io.tidegate.rehearsal.load.LoadRun;
import io.tidegate.rehearsal.load.Mix;
import io.tidegate.rehearsal.load.Profile;
import io.tidegate.rehearsal.load.Room;
import io.tidegate.rehearsal.load.Topics;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Exit code 0: all is well; 1: something was lost, doubled or reordered, or not reached; 2: wrong usage. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = "Connects many clients, has them publish, and reports what was lost, doubled or reordered.")
final class LoadCommand implements Callable<Integer> {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LARGEST = 1 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "URL", description = "ws://host:port of each target; by default a server is started")
    private List<URI> targets = List.of();

    @Option(names = "--connections", description = "how many; ${DEFAULT-VALUE} by default")
    private int connections = 1_000;

    @Option(names = "--ramp", description = "how fast they come, such as 500/s", converter = PerSecond.class)
    private double ramp = 500;

    @Option(names = "--profile", description = "in place of --connections: 0s:100,30s:10000@500/s,60s:100")
    private @Nullable String course;

    @Option(names = "--rate", description = "messages a second, all together; ${DEFAULT-VALUE} by default")
    private double rate = 100;

    @Option(names = "--size", description = "bytes of a message; ${DEFAULT-VALUE} by default")
    private int size = 64;

    @Option(names = "--topics", description = "how many; by default one for ten connections")
    private @Nullable Integer topics;

    @Option(names = "--wire", description = "v1, plain, broadcast, or shares: v1=90,plain=10; v1 by default")
    private String wire = "v1";

    @Option(names = "--slow", description = "so many more who read a few bytes a second; none by default")
    private int slow;

    @Option(names = "--duration", description = "such as 60s, the default", converter = Seconds.class)
    private Duration duration = Duration.ofMinutes(1);

    @Option(names = "--runtime", description = "of the server that is started: se, the default, or mp")
    private String runtime = "se";

    @Option(names = "--json", description = "the result as JSON on the standard output, and nothing else there")
    private boolean json;

    @Option(names = "--plot", description = "an HTML file to draw the run in")
    private @Nullable Path plot;

    @Option(names = "--terminal", hidden = true, description = "rewrite the line of progress")
    private boolean terminal;

    @Option(names = "--root", hidden = true, description = "where the modules are")
    private Path root = Path.of("");

    @Override
    public Integer call() throws Exception {
        Course steps = checked("--profile", this::course);
        Mix mix = checked("--wire", () -> Mix.parse(wire));
        int tops = topics != null ? topics : Math.max(1, steps.peak() / 10);
        if (rate < 0 || size < 0 || size > LARGEST || tops < 1 || slow < 0) {
            throw wrong(
                    "allowed are --rate 0 or more, --size 0 to " + LARGEST + ", --topics 1 or more, --slow 0 or more");
        }
        Room.here().refusal(steps.peak() + slow, Math.max(1, targets.size())).ifPresent(refusal -> {
            throw wrong(refusal);
        });
        if (!targets.isEmpty()) {
            return run(profile(targets, mix, tops), steps);
        }
        try (ServerProcess server = ServerProcess.start(jar(), settings(steps))) {
            URI url = URI.create("ws://localhost:" + server.port());
            err().println("A server of its own: " + url);
            return run(profile(List.of(url), mix, tops), steps);
        }
    }

    private int run(Profile profile, Course steps) throws Exception {
        for (URI target : profile.targets()) {
            requireListening(target);
        }
        LoadPlan plan = new LoadPlan(profile, steps, rate, duration);
        Progress progress = new Progress(err(), terminal);
        LoadRun run = new LoadRun(plan, progress);
        Interruption interruption = new Interruption(run::stop);
        LoadResult result;
        try {
            result = run.run();
        } finally {
            interruption.close();
        }
        progress.end();
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? LoadText.json(result) : LoadText.summary(result));
        out.flush();
        if (plot != null) {
            LoadPage.of(plan, result).write(plot);
            err().println("The plots are in " + plot);
        }
        return result.isGood() ? 0 : 1;
    }

    private Course course() {
        return course == null ? Course.of(connections, ramp) : Course.parse(course, ramp);
    }

    private Profile profile(List<URI> urls, Mix mix, int count) {
        if (slow > 0 && urls.stream().anyMatch(url -> !"ws".equals(url.getScheme()))) {
            throw wrong("--slow: allowed with ws:// targets only");
        }
        return checked("URL", () -> new Profile(urls, mix, new Topics(count, 1), size, slow));
    }

    /** It is to carry all of them, from one address. */
    private Map<String, String> settings(Course steps) {
        return Map.of("tidegate.limits.connections", String.valueOf(steps.peak() + slow + 100));
    }

    private Path jar() {
        Path jar = root.resolve(runtime + "-server/target/tidegate-" + runtime + "-server.jar");
        if (!Files.exists(jar)) {
            throw wrong("--runtime: no " + jar + "; allowed are se and mp, built before");
        }
        return jar;
    }

    private void requireListening(URI target) {
        int port = target.getPort() >= 0 ? target.getPort() : "wss".equals(target.getScheme()) ? 443 : 80;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.getHost(), port), CONNECT_MILLIS);
        } catch (IOException e) {
            throw wrong("nobody listens at " + target + ": " + e.getMessage());
        }
    }

    private <T> T checked(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw wrong(option + ": " + e.getMessage());
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}
