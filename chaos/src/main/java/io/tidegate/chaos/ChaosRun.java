package io.tidegate.chaos;

import com.google.errorprone.annotations.FormatMethod;
import io.tidegate.check.Checker;
import io.tidegate.check.Journal;
import io.tidegate.workload.Ending;
import io.tidegate.workload.Issuer;
import io.tidegate.workload.Mix;
import io.tidegate.workload.Profile;
import io.tidegate.workload.VirtualUsers;
import io.tidegate.workload.Wire;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One run: a fleet, its clients, faults, then the verdict. On the caller's thread. */
final class ChaosRun {
    private static final Duration CONNECT = Duration.ofMinutes(2);
    private static final Duration LEVEL = Duration.ofMinutes(2);
    private static final Duration FAULTS_END = Duration.ofMinutes(10);
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String PLAIN = "plain";

    private final ChaosPlan plan;
    private final PrintStream out;
    private final Journal journal = Journal.withRefusals();
    private final Ending.Waiter waiter = Ending.Waiter.with(() -> pause(POLL));
    private final List<ClientPool> pools = new ArrayList<>();
    private Optional<PresencePool> presence = Optional.empty();
    private Optional<ScaleDown> scaleDown = Optional.empty();
    private final List<String> complaints = new ArrayList<>();
    private final long start = System.nanoTime();
    private long lastProgress = start;
    private String lastFault = "none yet";

    private ChaosRun(ChaosPlan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    /**
     * Runs to the end.
     *
     * @param out gets a line every few seconds, and the summary
     */
    static Outcome run(ChaosPlan plan, PrintStream out) throws InterruptedException {
        return new ChaosRun(plan, out).run();
    }

    private Outcome run() throws InterruptedException {
        say("starting %d servers and their Redis", plan.storm().pods());
        try (Fleet fleet = new Fleet(plan.servers(), plan.storm().touchesRedis())) {
            fleet.start(plan.storm().pods());
            try {
                VirtualUsers clients = connect(fleet);
                pools.forEach(ClientPool::publish);
                storm(fleet);
                pools.forEach(ClientPool::stop);
                complaints.addAll(
                        new Ending(journal, clients, this::await).level(this::pending, () -> live() == size(), LEVEL));
                if (presence.isPresent()) {
                    complaints.addAll(presence.get().judge().stream().limit(20).toList());
                }
                if (scaleDown.isPresent()) {
                    complaints.addAll(scaleDown.get().judge());
                    say("%s", scaleDown.get().text());
                }
                progress();
                fleet.alarms().limit(10).forEach(line -> say("%s", line));
                return verdict(clients);
            } finally {
                scaleDown.ifPresent(ScaleDown::close);
                pools.forEach(ClientPool::close);
            }
        }
    }

    private VirtualUsers connect(Fleet fleet) throws InterruptedException {
        String url = fleet.url();
        Load load = plan.load();
        VirtualUsers clients = new VirtualUsers(profile(url, Wire.V1), journal, plan.issuer());
        pools.add(new VirtualUserPool("java", clients, load.clients(), load.rateOfClients()));
        int first = load.clients();
        for (Script script : plan.scripts()) {
            pools.add(new ScriptPool(script, first, load, journal, new ClientAddress(url, plan.issuer())));
            first += script.clients();
        }
        pools.add(new ApiPool(load.backEnds(), first, load, journal, fleet));
        plan.issuer()
                .filter(issuer -> load.crowd().users() > 0)
                .map(issuer -> presence(fleet, issuer))
                .ifPresent(pool -> {
                    presence = Optional.of(pool);
                    pools.add(pool);
                });
        VirtualUsers plain = new VirtualUsers(profile(url, Wire.PLAIN), journal, plan.issuer());
        pools.add(new VirtualUserPool(PLAIN, plain, load.plainClients(), 0));
        if (!await("every client is live", CONNECT, () -> live() == size())) {
            throw new IllegalStateException("only " + live() + " of " + size() + " clients came to be live");
        }
        say("%d clients are live, on %d topics", size(), load.topics().count());
        return clients;
    }

    /**
     * The users of a topic. In a scale-down they connect to the pods directly, so that each of them costs this process
     * one descriptor instead of three.
     */
    private PresencePool presence(Fleet fleet, Issuer issuer) {
        boolean shrinks = plan.storm() instanceof ChaosPlan.Storm.Shrink;
        return new PresencePool(
                plan.load().crowd(),
                shrinks ? fleet.urlsOfPods() : List.of(fleet.url()),
                new ClientAddress(fleet.url(), plan.issuer()),
                issuer,
                !shrinks);
    }

    private Profile profile(String url, Wire wire) {
        return new Profile(List.of(URI.create(url)), Mix.of(wire), plan.load().topics(), 0, 0);
    }

    private void storm(Fleet fleet) throws InterruptedException {
        switch (plan.storm()) {
            case ChaosPlan.Storm.Chaos chaos -> {
                Faults faults = new Faults(fleet, chaos.seed(), chaos.faults());
                long end = System.nanoTime() + chaos.duration().toNanos();
                pause(chaos.every());
                while (System.nanoTime() < end) {
                    lastFault = faults.inject();
                    pause(chaos.every());
                }
                say("no more faults; they were %s", faults.counts());
                awaitEnd(faults);
            }
            case ChaosPlan.Storm.Rolling rolling -> {
                lastFault = "replace all";
                Faults faults = new Faults(fleet, 0, EnumSet.of(Fault.REPLACE_ALL));
                pause(PROGRESS);
                faults.inject();
                awaitEnd(faults);
            }
            case ChaosPlan.Storm.Shrink shrink -> {
                PresencePool pool = presence.orElseThrow();
                if (!await("everybody is shown", LEVEL, pool::isShownToAll)) {
                    complaints.add("not everybody was shown before the scale-down");
                }
                ScaleDown judged = new ScaleDown(pool, fleet);
                scaleDown = Optional.of(judged);
                lastFault = "two pods leave";
                Faults faults = new Faults(fleet, 0, EnumSet.of(Fault.SHRINK));
                faults.inject();
                faults.inject();
                awaitEnd(faults);
                judged.podsAreGone();
                // A leave would be reported after the linger time and a few seconds. The pool's judgement waits for
                // those seconds.
                pause(PresencePool.LINGER);
            }
        }
    }

    private void awaitEnd(Faults faults) throws InterruptedException {
        if (!await("the faults are over", FAULTS_END, faults::areOver)) {
            complaints.add("a fault did not end");
        }
        complaints.addAll(faults.failures());
    }

    private Outcome verdict(VirtualUsers clients) {
        boolean everyOrder = !plan.storm().touchesRedis();
        int reconnects = 0;
        int busiest = 0;
        for (ClientPool pool : pools) {
            pool.complaints().forEach(complaint -> complaints.add(pool.name() + ": " + complaint));
            // A client on the plain wire is not handed over: it is closed, and reconnects at any time.
            if (!pool.name().equals(PLAIN)) {
                reconnects += pool.reconnects().total();
                busiest += pool.reconnects().busiest();
            }
        }
        complaints.addAll(clients.tokens().complaints());
        Outcome outcome = new Outcome(
                Checker.check(journal, everyOrder), journal.gaps(), reconnects, busiest, List.copyOf(complaints));
        say("%s, gaps told %d", outcome.report().text(), outcome.gaps());
        say("%d reconnects, %d in the busiest second (%.1f %%)", reconnects, busiest, 100 * outcome.busiestShare());
        if (plan.issuer().isPresent()) {
            say("clients/java: %s", clients.tokens().text());
        }
        presence.ifPresent(pool -> say("presence: %s", pool.text()));
        complaints.forEach(complaint -> say("%s", complaint));
        return outcome;
    }

    private int live() {
        return pools.stream().mapToInt(ClientPool::live).sum();
    }

    private int size() {
        return pools.stream().mapToInt(ClientPool::size).sum();
    }

    private int pending() {
        return pools.stream().mapToInt(ClientPool::pending).sum();
    }

    private boolean await(String what, Duration atMost, BooleanSupplier condition) throws InterruptedException {
        boolean isSo = waiter.await(what, atMost, condition);
        if (!isSo) {
            say("not within %d s: %s", atMost.toSeconds(), what);
        }
        return isSo;
    }

    /** Waits, and continues to show the progress. */
    private void pause(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long rest = time.toNanos(); rest > 0; rest = end - System.nanoTime()) {
            Thread.sleep(Duration.ofNanos(Math.min(rest, POLL.toNanos())));
            if (System.nanoTime() - lastProgress > PROGRESS.toNanos()) {
                progress();
            }
        }
    }

    private void progress() {
        lastProgress = System.nanoTime();
        say(
                "live %d/%d | published %d, acknowledged %d, received %d | reconnects %d, gaps %d | last fault: %s",
                live(),
                size(),
                journal.published(),
                journal.acknowledged(),
                journal.received(),
                pools.stream().mapToInt(pool -> pool.reconnects().total()).sum(),
                journal.gaps(),
                lastFault);
    }

    @FormatMethod
    private void say(String format, Object... values) {
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        out.println(String.format("%02d:%02d ", seconds / 60, seconds % 60) + String.format(format, values));
    }
}
