package io.tidegate.rehearsal;

import io.tidegate.rehearsal.chaos.ChaosPlan;
import io.tidegate.rehearsal.chaos.ChaosRun;
import io.tidegate.rehearsal.chaos.Fault;
import io.tidegate.rehearsal.chaos.Load;
import io.tidegate.rehearsal.chaos.Outcome;
import io.tidegate.rehearsal.chaos.Script;
import io.tidegate.rehearsal.load.Issuer;
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
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Exit code 0: nothing was lost, doubled or reordered; 1: something was; 2: wrong usage. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description =
                "Runs servers, a real Redis and many clients under faults, and reports what was lost, doubled or reordered.")
final class ChaosCommand implements Callable<Integer> {
    private static final String NODE = "clients/js/src/tidegate-client.js";
    private static final String PYTHON = "examples/python/tidegate.py";
    private static final List<String> PYTHON_IMPORTS =
            List.of("python3", "-c", "import websockets.asyncio.client, asyncio; asyncio.timeout");

    private enum Scenario {
        CHAOS,
        ROLLING
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            description = "chaos (the default): one fault after the other; rolling: every pod is replaced once")
    private Scenario scenario = Scenario.CHAOS;

    @Option(names = "--minutes", description = "how long faults are injected; ${DEFAULT-VALUE} by default")
    private double minutes = 10;

    @Option(names = "--fault-every", description = "such as 5s or PT0.5S; 5s by default", converter = Seconds.class)
    private Duration faultEvery = Duration.ofSeconds(5);

    @Option(names = "--faults", split = ",", description = "which ones; all by default: ${COMPLETION-CANDIDATES}")
    private Set<Fault> faults = EnumSet.allOf(Fault.class);

    @Option(names = "--clients", description = "on tidegate.v1; 500 by default, 3000 for rolling")
    private @Nullable Integer clients;

    @Option(names = "--node-clients", description = "how many of them are of clients/js; a tenth by default")
    private @Nullable Integer nodeClients;

    @Option(
            names = "--python-clients",
            description = "how many of them are of examples/python; a tenth by default, where websockets is installed")
    private @Nullable Integer pythonClients;

    @Option(names = "--plain-clients", description = "on the plain wire, besides; ${DEFAULT-VALUE} by default")
    private int plainClients = 20;

    @Option(names = "--rate", description = "messages a second that all publish together; ${DEFAULT-VALUE} by default")
    private double rate = 200;

    @Option(names = "--seed", description = "of the faults; random by default, and printed")
    private long seed = System.nanoTime() % 1_000_000;

    @Option(names = "--runtimes", split = ",", description = "which servers take part, in turn: se, mp")
    private List<String> runtimes = List.of("se", "mp");

    @Option(names = "--closed", description = "the servers ask for tokens, which last for 20 s")
    private boolean closed;

    @Option(names = "--root", hidden = true, description = "where the modules are")
    private Path root = Path.of("");

    @Option(names = "--logs", description = "a directory for what the servers print, a file for each")
    private @Nullable Path logs;

    @Option(names = "--set", description = "a setting of the servers, such as --set tidegate.heartbeat=10s")
    private Map<String, String> settings = Map.of();

    @Override
    public Integer call() throws InterruptedException {
        System.out.println("seed " + seed);
        Outcome outcome = ChaosRun.run(plan(), System.out);
        boolean calm = scenario == Scenario.CHAOS || outcome.busiestShare() <= 0.15;
        System.out.println(outcome.isGood() && calm ? "PASSED" : "FAILED, seed " + seed);
        return outcome.isGood() && calm ? 0 : 1;
    }

    private ChaosPlan plan() {
        boolean rolling = scenario == Scenario.ROLLING;
        int all = clients != null ? clients : rolling ? 3_000 : 500;
        List<Script> scripts = Stream.of(
                        script("--node-clients", nodeClients, all, List.of("node", "--version"), Script::node, NODE),
                        script("--python-clients", pythonClients, all, PYTHON_IMPORTS, Script::python, PYTHON))
                .filter(script -> script.clients() > 0 && takesPart(script))
                .toList();
        int others = scripts.stream().mapToInt(Script::clients).sum();
        if (all - others < 2 || rate <= 0) {
            throw wrong("--clients and --rate: allowed are 2 clients of clients/java or more, and a rate above 0");
        }
        ChaosPlan.Storm storm = rolling
                ? new ChaosPlan.Storm.Rolling()
                : new ChaosPlan.Storm.Chaos(Duration.ofMillis((long) (minutes * 60_000)), faultEvery, seed, faults);
        Optional<Issuer> issuer = closed ? Optional.of(Issuer.create()) : Optional.empty();
        Map<String, String> own =
                new LinkedHashMap<>(issuer.map(Issuer::settings).orElse(Map.of()));
        own.putAll(settings);
        return new ChaosPlan(
                new Load(all - others, others, plainClients, rate),
                storm,
                new ChaosPlan.Servers(
                        runtimes.stream().map(this::jar).toList(),
                        ChaosSettings.of(rolling, own),
                        Optional.ofNullable(logs)),
                scripts,
                issuer);
    }

    private Path jar(String runtime) {
        Path jar = root.resolve(runtime + "-server/target/tidegate-" + runtime + "-server.jar");
        if (!Files.exists(jar)) {
            throw wrong("--runtimes: no " + jar + "; allowed are se and mp, built before");
        }
        return jar;
    }

    /** A closed fleet is for clients that can bring another token; those of examples/python have one in their address. */
    private boolean takesPart(Script script) {
        Path client = root.resolve(NODE);
        if (!closed || !script.module().equals(client.toAbsolutePath().toUri().toString())) {
            return true;
        }
        try {
            boolean renews = Files.readString(client).contains("options.token");
            if (!renews) {
                System.out.println("without clients of clients/js, which know no tokens here");
            }
            return renews;
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + client, e);
        }
    }

    /** @param check succeeds where what runs the client is there */
    private Script script(
            String option,
            @Nullable Integer wanted,
            int all,
            List<String> check,
            BiFunction<Integer, Path, Script> kind,
            String module) {
        Path client = root.resolve(module).toAbsolutePath();
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

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}
