package io.tidegate.rehearsal.load;

import io.tidegate.command.Seconds;
import io.tidegate.command.Subcommand;
import io.tidegate.testing.ServerProcess;
import io.tidegate.workload.Mix;
import io.tidegate.workload.Profile;
import io.tidegate.workload.Topics;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Many clients that connect, disconnect and publish, and a verdict. */
@Command(
        name = "load",
        abbreviateSynopsis = true,
        description = {
            "Many clients that come, go and publish. Without a URL it starts a server of its own. With several URLs these are one"
                    + " fleet: a client that loses one server goes to the next. In the end every client must have"
                    + " every acknowledged message, once and in order. Ctrl-C ends the run early; it is still checked."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every client has every message",
            "1:something was lost, doubled or reordered, or not reached, and the last line says what",
            "2:wrong usage"
        },
        footerHeading = "Example:%n",
        footer = "  ./tidegate load --connections 10000 --ramp 1000/s --rate 500 --plot load.html")
public final class LoadCommand extends Subcommand {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LARGEST = 1 << 20;

    @Parameters(
            paramLabel = "URL",
            description = "ws://HOST:PORT of each server, with the path before /chat if there is one")
    private List<URI> targets = List.of();

    @Option(names = "--connections", paramLabel = "N", description = "number of connections (${DEFAULT-VALUE})")
    private int connections = 1_000;

    @Option(
            names = "--ramp",
            paramLabel = "500/s",
            description = "new connections a second (500/s)",
            converter = PerSecond.class)
    private double ramp = 500;

    @Option(
            names = "--profile",
            paramLabel = "STEPS",
            description =
                    "instead of --connections, steps TIME:CONNECTIONS[@RATE/s]: 0s:100,30s:10000@1000/s,60s:100 is a surge")
    private @Nullable String loadProfile;

    @Option(names = "--rate", paramLabel = "N", description = "messages a second, all clients together (100)")
    private double rate = 100;

    @Option(names = "--size", paramLabel = "BYTES", description = "size of a message (${DEFAULT-VALUE})")
    private int size = 64;

    @Option(
            names = "--topics",
            paramLabel = "N",
            description = "number of topics (one for ten connections); fewer topics give more deliveries")
    private @Nullable Integer topics;

    @Option(
            names = "--wire",
            paramLabel = "NAME",
            description = "v1, plain, broadcast, or shares: v1=90,plain=10 (${DEFAULT-VALUE})")
    private String wire = "v1";

    @Option(
            names = "--slow",
            paramLabel = "N",
            description = "number of additional clients that read a few bytes a second (0)")
    private int slow;

    @Option(
            names = "--duration",
            paramLabel = "60s",
            description = "how long, from the first connection on (60s)",
            converter = Seconds.class)
    private Duration duration = Duration.ofMinutes(1);

    @Option(
            names = "--runtime",
            paramLabel = "NAME",
            description = "runtime of the server that it starts: se or mp (se)")
    private String runtime = "se";

    @Option(names = "--json", description = "prints the result as JSON on the standard output")
    private boolean json;

    @Option(
            names = "--plot",
            paramLabel = "FILE.html",
            description = "writes a page with connections, messages, latencies and reconnects over time")
    private @Nullable Path plot;

    @Option(names = "--terminal", hidden = true, description = "rewrite the line of progress")
    private boolean terminal;

    @Override
    public Integer call() throws Exception {
        if (connections < 1) {
            throw wrong("--connections: " + connections + "; allowed is 1 or more");
        }
        LoadProfile steps = checked("--profile", this::loadProfile);
        Mix mix = checked("--wire", () -> Mix.parse(wire));
        int tops = topics != null ? topics : Math.max(1, steps.peak() / 10);
        if (rate < 0 || size < 0 || size > LARGEST || tops < 1 || slow < 0) {
            throw wrong(
                    "allowed are --rate 0 or more, --size 0 to " + LARGEST + ", --topics 1 or more, --slow 0 or more");
        }
        ProcessLimits.here()
                .refusal(steps.peak() + slow, Math.max(1, targets.size()))
                .ifPresent(refusal -> {
                    throw wrong(refusal);
                });
        if (plot != null && !isWritable(plot.toAbsolutePath())) {
            throw wrong("--plot: " + plot + " cannot be written; allowed is a file in a folder that is there");
        }
        if (!targets.isEmpty()) {
            return run(profile(targets, mix, tops), steps);
        }
        try (ServerProcess server = ServerProcess.start(jar("--runtime", runtime), settings(steps))) {
            URI url = URI.create("ws://localhost:" + server.port());
            err().println("A server of its own: " + url);
            return run(profile(List.of(url), mix, tops), steps);
        }
    }

    private int run(Profile profile, LoadProfile steps) throws Exception {
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
        PrintWriter out = commandLine().getOut();
        out.println(json ? LoadText.json(result) : LoadText.summary(result));
        out.flush();
        if (plot != null) {
            LoadPage.of(plan, result).write(plot);
            err().println("The plots are in " + plot);
        }
        return result.isGood() ? 0 : 1;
    }

    private static boolean isWritable(Path file) {
        Path folder = file.getParent();
        return Files.exists(file)
                ? Files.isRegularFile(file) && Files.isWritable(file)
                : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    }

    private LoadProfile loadProfile() {
        return loadProfile == null ? LoadProfile.of(connections, ramp) : LoadProfile.parse(loadProfile, ramp);
    }

    private Profile profile(List<URI> urls, Mix mix, int count) {
        if (slow > 0 && urls.stream().anyMatch(url -> !"ws".equals(url.getScheme()))) {
            throw wrong("--slow: allowed with ws:// targets only");
        }
        return checked("URL", () -> new Profile(urls, mix, new Topics(count, 1), size, slow));
    }

    /** The server must accept all connections, from one address. */
    private Map<String, String> settings(LoadProfile steps) {
        return Map.of("tidegate.limits.connections", String.valueOf(steps.peak() + slow + 100));
    }

    private void requireListening(URI target) {
        int port = target.getPort() >= 0 ? target.getPort() : "wss".equals(target.getScheme()) ? 443 : 80;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.getHost(), port), CONNECT_MILLIS);
        } catch (IOException e) {
            throw wrong("no server listens at " + target + ": " + e.getMessage());
        }
    }

    private <T> T checked(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw wrong(option + ": " + e.getMessage());
        }
    }
}
