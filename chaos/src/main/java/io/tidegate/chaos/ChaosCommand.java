package io.tidegate.chaos;

import io.tidegate.command.Runtimes;
import io.tidegate.command.Seconds;
import io.tidegate.command.Subcommand;
import io.tidegate.workload.Issuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Servers, a real Redis and many clients under faults. */
@Command(
        name = "chaos",
        abbreviateSynopsis = true,
        description = {
            "Starts three servers behind one address, a Redis that keeps a file, and clients of every kind. Then kills, stops,"
                    + " replaces and cuts off servers and Redis, one fault after the other, chosen by the seed. In"
                    + " the end every client must have every acknowledged message, once and in order."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every client has every message",
            "1:something was lost, doubled or reordered",
            "2:wrong usage"
        })
final class ChaosCommand extends Subcommand {
    private static final String NODE = "clients/js/src/tidegate-client.js";
    private static final String PYTHON = "examples/python/tidegate.py";
    private static final List<String> PYTHON_IMPORTS =
            List.of("python3", "-c", "import websockets.asyncio.client, asyncio; asyncio.timeout");

    private enum Scenario {
        CHAOS,
        ROLLING,
        SHRINK
    }

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description =
                    "chaos (the default): one fault after the other; rolling: every server is replaced once under 3,000"
                            + " clients, and no second may see more than 15 %% of the reconnects; shrink: of four servers two leave under 10,000"
                            + " users of one topic, none of whom may be reported as joined or left, and Redis may use"
                            + " a third of a core")
    private Scenario scenario = Scenario.CHAOS;

    @Option(names = "--minutes", paramLabel = "N", description = "how long faults are injected (${DEFAULT-VALUE})")
    private double minutes = 10;

    @Option(
            names = "--fault-every",
            paramLabel = "5s",
            description = "time from one fault to the next (5s)",
            converter = Seconds.class)
    private Duration faultEvery = Duration.ofSeconds(5);

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "NAME",
            description =
                    "only these faults: kill_pod, terminate_pod, replace_all, kill_redis, stop_redis, cut_link, silence_link")
    private Set<Fault> faults =
            EnumSet.copyOf(Stream.of(Fault.values()).filter(Fault::isMended).toList());

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "number of clients of tidegate.v1 (500; 3000 for rolling, 2 for shrink)")
    private @Nullable Integer clients;

    @Option(
            names = "--node-clients",
            paramLabel = "N",
            description = "how many of them are of clients/js (a tenth, where node is installed)")
    private @Nullable Integer nodeClients;

    @Option(
            names = "--python-clients",
            paramLabel = "N",
            description = "how many of them are of examples/python (a tenth, where websockets is installed)")
    private @Nullable Integer pythonClients;

    @Option(
            names = "--plain-clients",
            paramLabel = "N",
            description = "additional clients on the plain wire (${DEFAULT-VALUE})")
    private int plainClients = 20;

    @Option(
            names = "--back-ends",
            paramLabel = "N",
            description = "additional clients that publish over HTTP (${DEFAULT-VALUE})")
    private int backEnds = 4;

    @Option(
            names = "--users",
            paramLabel = "N",
            description =
                    "with --closed: users whose presence is watched; a user that was back in time must not be reported as left"
                            + " (50; 10000 for shrink)")
    private @Nullable Integer users;

    @Option(
            names = "--watchers",
            paramLabel = "N",
            description = "with --closed: additional clients that see which users are there (3; 40 for shrink)")
    private @Nullable Integer watchers;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "messages a second, all clients together (200; 10 for shrink)")
    private @Nullable Double rate;

    @Mixin
    private final Runtimes runtimes = new Runtimes();

    @Mixin
    private final Trial trial = new Trial();

    @Option(
            names = "--closed",
            description =
                    "the servers require tokens, which are valid for 20 s: no connection may be lost because of one,"
                            + " and no client may ask twice in one hand-over; always so for shrink")
    private boolean closed;

    @Option(names = "--logs", paramLabel = "DIR", description = "folder for the output of each server, a file for each")
    private @Nullable Path logs;

    @Override
    public Integer call() throws InterruptedException {
        System.out.println("seed " + trial.seed());
        Outcome outcome = ChaosRun.run(plan(), System.out);
        boolean calm = scenario != Scenario.ROLLING || outcome.busiestShare() <= 0.15;
        return trial.verdict(outcome.isGood() && calm);
    }

    private ChaosPlan plan() {
        boolean rolling = scenario == Scenario.ROLLING;
        boolean shrinks = scenario == Scenario.SHRINK;
        closed |= shrinks;
        int all = clients != null ? clients : rolling ? 3_000 : shrinks ? 2 : 500;
        Load.Crowd crowd = new Load.Crowd(
                users != null ? users : shrinks ? 10_000 : 50, watchers != null ? watchers : shrinks ? 40 : 3);
        List<Script> scripts = Stream.of(
                        script("--node-clients", nodeClients, all, List.of("node", "--version"), Script::node, NODE),
                        script("--python-clients", pythonClients, all, PYTHON_IMPORTS, Script::python, PYTHON))
                .filter(script -> script.clients() > 0 && takesPart(script))
                .toList();
        int others = scripts.stream().mapToInt(Script::clients).sum();
        double messages = rate != null ? rate : shrinks ? 10 : 200;
        if (all - others < 2 || messages <= 0) {
            throw wrong("--clients and --rate: allowed are 2 clients of clients/java or more, and a rate above 0");
        }
        if (crowd.users() < 1 || crowd.watchers() < 1) {
            throw wrong("--users and --watchers: allowed are 1 or more");
        }
        if (!faults.stream().allMatch(Fault::isMended)) {
            throw wrong("--faults: shrink is a scenario; allowed are the others");
        }
        ChaosPlan.Storm storm = switch (scenario) {
            case CHAOS ->
                new ChaosPlan.Storm.Chaos(
                        Duration.ofMillis((long) (minutes * 60_000)), faultEvery, trial.seed(), faults);
            case ROLLING -> new ChaosPlan.Storm.Rolling();
            case SHRINK -> new ChaosPlan.Storm.Shrink();
        };
        Optional<Issuer> issuer = closed ? Optional.of(Issuer.create()) : Optional.empty();
        return new ChaosPlan(
                new Load(all - others, others, plainClients, backEnds, closed ? crowd : new Load.Crowd(0, 0), messages),
                storm,
                new ChaosPlan.Servers(runtimes.jars(this), settings(issuer), Optional.ofNullable(logs)),
                scripts,
                issuer);
    }

    /** Chaos drains faster than a server by default, so that a run has more faults. */
    private Map<String, String> settings(Optional<Issuer> issuer) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("tidegate.heartbeat", "5s");
        if (scenario == Scenario.CHAOS) {
            all.put("tidegate.drain.notice", "1s");
            all.put("tidegate.drain.window", "4s");
            all.put("tidegate.drain.timeout", "10s");
        }
        issuer.map(Issuer::settings).ifPresent(all::putAll);
        all.putAll(trial.settings());
        return all;
    }

    /**
     * Whether these clients can take part. In a closed fleet clients must be able to renew their token; those of
     * examples/python have one token in their address.
     */
    private boolean takesPart(Script script) {
        Path client = root().resolve(NODE);
        if (!closed || !script.module().equals(client.toAbsolutePath().toUri().toString())) {
            return true;
        }
        try {
            boolean renews = Files.readString(client).contains("options.token");
            if (!renews) {
                System.out.println("without clients of clients/js, which cannot get tokens here");
            }
            return renews;
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + client, e);
        }
    }

    /** @param check succeeds if the program that runs the client is installed */
    private Script script(
            String option,
            @Nullable Integer wanted,
            int all,
            List<String> check,
            BiFunction<Integer, Path, Script> kind,
            String module) {
        Path client = root().resolve(module).toAbsolutePath();
        int clients = wanted != null ? wanted : Files.exists(client) && succeeds(check) ? all / 10 : 0;
        if (clients > 0 && !Files.exists(client)) {
            throw wrong(option + " needs " + module + ", which is not there");
        }
        return kind.apply(clients, client);
    }

    private static boolean succeeds(List<String> command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
