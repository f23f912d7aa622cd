package io.tidegate.chaos;

import static io.tidegate.hostile.Siege.Outcome.quantile;

import io.tidegate.command.Runtimes;
import io.tidegate.command.Subcommand;
import io.tidegate.hostile.Attack;
import io.tidegate.hostile.Footprint;
import io.tidegate.hostile.Siege;
import io.tidegate.testing.Await;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Exit code 0: no client was harmed, and the server is as before; 1: otherwise; 2: wrong usage. */
@Command(
        name = "attack",
        abbreviateSynopsis = true,
        description = {
            "Attacks a server of each runtime, with a heap of 384 MiB: garbage, incomplete and ambiguous requests,"
                    + " wrong frames, floods of pings, messages and subscribes, peers that never read. Meanwhile a"
                    + " client publishes and the health probes are called."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:no client was closed or lost a message, health took at most 250 ms (99 %%), heap and log are as before",
            "1:otherwise",
            "2:wrong usage"
        })
final class AttackCommand extends Subcommand {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration CALM = Duration.ofSeconds(5);
    private static final Duration LEAVE = Duration.ofSeconds(10);
    private static final String KEY = "a-key-that-no-attacker-knows-0123456789";
    private static final int HEALTH_MILLIS = 250;
    private static final int HEAP_KIB = 32 << 10;
    private static final int LINES = 50;

    @Option(names = "--minutes", paramLabel = "N", description = "how long for each runtime (${DEFAULT-VALUE})")
    private double minutes = 3;

    @Option(
            names = "--attacks",
            split = ",",
            paramLabel = "NAME",
            description = "only these attacks: ${COMPLETION-CANDIDATES}")
    private Set<Attack> attacks = EnumSet.allOf(Attack.class);

    @Mixin
    private final Runtimes runtimes = new Runtimes();

    @Mixin
    private final Trial trial = new Trial();

    @Override
    public Integer call() throws InterruptedException {
        boolean good = true;
        for (String runtime : runtimes.names()) {
            System.out.println(runtime + ", seed " + trial.seed());
            good &= attack(runtimes.jar(this, runtime));
        }
        return trial.verdict(good);
    }

    private boolean attack(Path jar) throws InterruptedException {
        Map<String, String> all = new HashMap<>(Map.of("tidegate.api.keys", KEY, "tidegate.compression", "true"));
        all.putAll(trial.settings());
        try (ServerProcess server = ServerProcess.start(jar, all, START, List.of("-Xmx384m"))) {
            Attack.Ports ports = new Attack.Ports(server.port(), server.managementPort(), server.apiPort());
            // A first siege, so that one-time allocations are made before the measurement.
            new Siege(ports, attacks, trial.seed()).hold(CALM);
            awaitNobody(server);
            Siege.Outcome calm = new Siege(ports, List.of(), trial.seed()).hold(CALM);
            Footprint before = Footprint.of(server.pid());
            long lines = server.output().lines().count();
            Siege.Outcome siege =
                    new Siege(ports, attacks, trial.seed()).hold(Duration.ofMillis((long) (minutes * 60_000)));
            awaitNobody(server);
            Footprint after = Footprint.of(server.pid());
            long said = server.output().lines().count() - lines;

            siege.times().forEach((attack, times) -> System.out.printf("  %7d times %s%n", times, attack));
            print("echoes", calm.echoes(), siege.echoes());
            print("health", calm.health(), siege.health());
            System.out.printf("  %s%n  %s%n  %d lines of log%n", before, after, said);
            siege.harm().forEach(harm -> System.out.println("  HARM " + harm));
            return siege.harm().isEmpty()
                    && quantile(siege.health(), 0.99) < HEALTH_MILLIS
                    && after.heapKib() <= before.heapKib() + HEAP_KIB
                    && said <= LINES
                    && !server.output().contains("\tat ");
        }
    }

    private static void print(String what, List<Double> calm, List<Double> siege) {
        System.out.printf(
                "  %s: median %.1f ms, p99 %.1f, worst %.1f; calm %.1f, %.1f, %.1f%n",
                what,
                quantile(siege, 0.5),
                quantile(siege, 0.99),
                quantile(siege, 1),
                quantile(calm, 0.5),
                quantile(calm, 0.99),
                quantile(calm, 1));
    }

    private static void awaitNobody(ServerProcess server) {
        Await.until(
                () -> "nobody is left, but " + server.metric("websocket_active_connections"),
                LEAVE,
                () -> server.metric("websocket_active_connections") == 0);
    }
}
