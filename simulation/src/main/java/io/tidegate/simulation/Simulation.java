package io.tidegate.simulation;

import io.tidegate.relay.SimulatedRedis;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One run: a fleet, its clients, its faults, and the result. */
final class Simulation {
    private static final long SECOND = 1_000_000_000L;
    private static final List<String> TOPICS = List.of("tea", "coffee", "water", "milk");

    /** The time after the last fault by which all clients have recovered. */
    private static final int REST_SECONDS = 40;

    /** The time in which the last fault ends. */
    private static final int LEAST_REST_SECONDS = 10;

    private final Scenario scenario;
    private final World world;
    private final Random random;
    private final Cluster cluster;
    private final Ledger ledger;
    private final List<AppClient> apps = new ArrayList<>();
    private final List<Improviser> improvisers = new ArrayList<>();
    private final List<PlainPeer> plain = new ArrayList<>();
    private boolean faultsEnded;

    private Simulation(Scenario scenario, boolean tracing) {
        this.scenario = scenario;
        this.world = new World(scenario.seed(), tracing);
        this.random = world.random("workload");
        Settings settings = settings("redis");
        SimulatedRedis redis = new SimulatedRedis(settings, settings.relay().prefix(), surroundings());
        this.ledger = new Ledger(world);
        this.cluster = new Cluster(world, this::settings, redis, ledger);
    }

    /**
     * The result of a run.
     *
     * @param violation the first broken promise; null if all promises were kept
     * @param coverage how often each event happened
     */
    record Outcome(
            Scenario scenario,
            @Nullable String violation,
            Map<String, Long> coverage,
            long events,
            List<String> trace) {}

    static Outcome run(Scenario scenario, boolean tracing) {
        return new Simulation(scenario, tracing).run();
    }

    private Settings settings(String node) {
        Map<String, String> settings = new HashMap<>();
        settings.put("tidegate.relay.url", "redis://simulated:6379");
        settings.put("tidegate.node", node);
        settings.put(
                "tidegate.loops",
                String.valueOf(1 + world.random("loops of " + node).nextInt(3)));
        settings.put("tidegate.heartbeat", "2s");
        settings.put("tidegate.idle", Pod.IDLE_SECONDS + "s");
        settings.put("tidegate.drain.notice", "1s");
        settings.put("tidegate.drain.window", "3s");
        settings.put("tidegate.drain.timeout", Pod.DRAIN_SECONDS + "s");
        settings.put("tidegate.rebalance.interval", "1s");
        settings.put("tidegate.rebalance.minimum", "1");
        settings.put("tidegate.limits.topics", "8");
        settings.put("tidegate.limits.message", "16KiB");
        settings.put("tidegate.limits.queue", scenario.queueKib() + "KiB");
        settings.put("tidegate.history.size", String.valueOf(scenario.history()));
        return SettingsReader.read(settings, Map.of());
    }

    private SimulatedRedis.Surroundings surroundings() {
        Random draws = world.random("redis");
        return new SimulatedRedis.Surroundings() {
            @Override
            public long now() {
                return world.now();
            }

            @Override
            public void after(long nanos, Runnable action) {
                world.in(nanos, "", action);
            }

            @Override
            public RandomGenerator random() {
                return draws;
            }

            @Override
            public void cover(String what) {
                world.cover(what);
            }

            @Override
            public void trace(String line) {
                world.trace(line);
            }
        };
    }

    private Outcome run() {
        for (int i = 0; i < scenario.pods(); i++) {
            cluster.start();
        }
        world.runUntil(2 * SECOND);
        for (int i = 0; i < scenario.apps(); i++) {
            AppClient app = new AppClient(world, cluster, ledger, "app-" + i);
            TOPICS.stream().limit(1 + random.nextInt(3)).forEach(app::subscribe);
            apps.add(app);
        }
        for (int i = 0; i < scenario.improvisers(); i++) {
            improvisers.add(new Improviser(world, cluster, ledger, "improviser-" + i, TOPICS));
        }
        for (int i = 0; i < scenario.plain(); i++) {
            plain.add(new PlainPeer(world, cluster, ledger, "plain-" + i, TOPICS.get(0)));
        }
        act();
        world.in(3 * SECOND, "", this::strike);
        world.in(SECOND, "", this::look);
        long end = (2L + scenario.seconds()) * SECOND;
        world.runUntil(end);
        faultsEnded = true;
        cluster.redis().loseNoMore();
        improvisers.forEach(Improviser::quiet);
        apps.forEach(app -> app.read(AppClient.Pace.FAST));
        if (cluster.pods().isEmpty()) {
            cluster.start();
        }
        rest(end + LEAST_REST_SECONDS * SECOND, end + REST_SECONDS * SECOND);
        // A client that was away for the last message learns of it through this one.
        for (String topic : TOPICS) {
            apps.getFirst().publish(topic, 0);
        }
        rest(world.now() + 5 * SECOND, end + (REST_SECONDS + 5) * SECOND);
        settle();
        world.cover("messages acknowledged", ledger.acknowledgements());
        world.cover("messages delivered", ledger.deliveries());
        world.cover("gaps told", ledger.gaps());
        return new Outcome(scenario, world.violation(), Coverage.of(world.coverage()), world.events(), world.lines());
    }

    private void act() {
        if (faultsEnded) {
            return;
        }
        int draw = random.nextInt(100);
        AppClient app = apps.get(random.nextInt(apps.size()));
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        if (draw < 60) {
            app.publish(topic, random.nextInt(10) == 0 ? random.nextInt(12_000) : 0);
        } else if (draw < 66) {
            for (int i = random.nextInt(100); i > 0; i--) {
                app.publish(topic, random.nextInt(1_000));
            }
        } else if (draw < 70) {
            if (app.listensTo(topic)) {
                app.unsubscribe(topic);
            } else {
                app.subscribe(topic);
            }
        } else if (draw < 72) {
            AppClient.Pace[] paces = AppClient.Pace.values();
            app.read(paces[random.nextInt(paces.length)]);
        } else if (draw == 72 && random.nextInt(4) == 0) {
            world.cover("flood");
            for (int i = 80; i > 0; i--) {
                app.publish(topic, 6_000 + random.nextInt(6_000));
            }
        } else if (!improvisers.isEmpty()) {
            improvisers.get(random.nextInt(improvisers.size())).act();
        }
        world.in(random.nextLong(60_000_000), "", this::act);
    }

    private void strike() {
        if (faultsEnded) {
            return;
        }
        Fault[] faults = scenario.faults().toArray(Fault[]::new);
        if (faults.length > 0) {
            Fault fault = faults[random.nextInt(faults.length)];
            world.cover("fault " + fault);
            fault.strike(world, cluster, world.random(fault + " " + world.now()));
        }
        world.in(random.nextLong(4 * SECOND), "", this::strike);
    }

    /** The conditions at any time. */
    private void look() {
        apps.forEach(AppClient::note);
        String excess = cluster.excess();
        if (excess != null) {
            world.violate(excess);
        }
        world.in(SECOND / 20, "", this::look);
    }

    /** The conditions after everything has recovered. */
    private void settle() {
        if (world.violation() != null) {
            return;
        }
        plain.forEach(PlainPeer::ended);
        apps.forEach(app -> complain(app.complaint()));
        improvisers.forEach(improviser -> complain(improviser.complaint()));
        cluster.pods().forEach(pod -> complain(pod.owners().stuck()));
        ledger.settle(cluster.redis().heads(TOPICS));
    }

    /** Runs up to the first moment, and then until all clients have recovered, but no longer than to the second moment. */
    private void rest(long least, long most) {
        world.runUntil(least);
        while (!isWell() && world.now() < most) {
            world.runUntil(world.now() + SECOND);
        }
    }

    private boolean isWell() {
        return world.violation() != null
                || (apps.stream().allMatch(app -> app.complaint() == null)
                        && improvisers.stream().allMatch(improviser -> improviser.complaint() == null));
    }

    private void complain(@Nullable String complaint) {
        if (complaint != null) {
            world.violate("all is well again, and yet " + complaint);
        }
    }
}
