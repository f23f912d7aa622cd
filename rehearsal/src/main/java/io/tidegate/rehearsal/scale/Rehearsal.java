package io.tidegate.rehearsal.scale;

import com.google.errorprone.annotations.FormatMethod;
import io.tidegate.rehearsal.hpa.Decision;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One rehearsal: few clients, a surge, and few clients again, while the fleet follows according to the chart. On the
 * caller's thread.
 */
final class Rehearsal {
    /** The real time between two moments. */
    private static final Duration PACE = Duration.ofMillis(250);

    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofMinutes(3);

    /** The time of the scenario before the surge, and after the last pod has gone. */
    private static final Duration REST = Duration.ofSeconds(60);

    private final RehearsalPlan plan;
    private final Stage stage;
    private final Clients clients;
    private final PrintStream out;
    private final Recorder recorder = new Recorder();
    private final long begun = System.nanoTime();
    private long nextLook = begun;
    private long nextProgress = begun;
    private Decision decision;

    private Rehearsal(RehearsalPlan plan, Stage stage, Clients clients, PrintStream out) {
        this.plan = plan;
        this.stage = stage;
        this.clients = clients;
        this.out = out;
        this.decision = new Decision(stage.scaling().min(), stage.scaling().min(), "the minimum");
    }

    /**
     * Runs to the end on this machine. Everything that it starts ends with it.
     *
     * @param out gets a line every few seconds
     */
    static Outcome onThisMachine(RehearsalPlan plan, Chart chart, PrintStream out) throws InterruptedException {
        Scaling rendered = Scaling.of(chart.scaledObject());
        Scaling scaling = plan.article() ? Article.instead(rendered) : rendered;
        Machine machine = Machine.check(plan.load().peak());
        out.println("starting Redis, Prometheus, HAProxy and " + scaling.min() + " servers");
        try (LocalStage stage = new LocalStage(plan, chart, scaling, machine.proxies(), machine.connectionsEach())) {
            return play(plan, stage, out);
        }
    }

    /**
     * Runs to the end on a cluster, with an existing release.
     *
     * @param out gets a line every few seconds
     */
    static Outcome onCluster(RehearsalPlan plan, Release release, PrintStream out) throws InterruptedException {
        Machine.roomFor(plan.load().peak());
        try (ClusterStage stage = ClusterStage.of(release)) {
            return play(plan, stage, out);
        }
    }

    private static Outcome play(RehearsalPlan plan, Stage stage, PrintStream out) throws InterruptedException {
        awaitFirstPods(stage);
        try (Clients clients = new Clients(stage.targets(), plan.load())) {
            return new Rehearsal(plan, stage, clients, out).play();
        }
    }

    /** Waits for the first pods before any client comes, because a client that finds no pod counts as refused. */
    private static void awaitFirstPods(Stage stage) throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (stage.pods().stream()
                        .filter(pod -> pod.phase() == PodView.Phase.READY)
                        .count()
                < stage.scaling().min()) {
            stage.pods().stream()
                    .filter(pod -> !pod.failure().isEmpty())
                    .findFirst()
                    .ifPresent(pod -> {
                        throw new UnplayableException("a server does not start: " + pod.failure());
                    });
            if (System.nanoTime() > end) {
                throw new UnplayableException("the first servers are not ready within " + START.toSeconds() + " s");
            }
            Thread.sleep(PACE);
        }
    }

    private Outcome play() throws InterruptedException {
        RehearsalPlan.Load load = plan.load();
        int peak = stage.scaling().needed(load.peak(), load.rate());
        double factor = plan.speed().factor();
        say(
                "%d to %d clients need %d pods, %s",
                load.base(),
                load.peak(),
                peak,
                factor == 1 ? "in real time" : String.format(Locale.ROOT, "%.0f times faster than real time", factor));
        clients.users().resize(load.base(), perSecond());
        arrive(load.base());
        clients.users().rate(load.rate());
        pass(REST);

        double surgeBegins = now();
        clients.users().resize(load.peak(), perSecond());
        double arrived = arrive(load.peak());
        say("the surge is complete");
        // The start of a server takes real time, which must not shorten the time of the surge.
        until(() -> isComplete(peak), plan.speed().scenario(START));
        pass(plan.times().hold());

        double surgeEnds = now();
        Optional<Rollout> rollout = plan.rollout() ? Optional.of(rollOut()) : Optional.empty();

        double ebbBegins = now();
        long movesBefore = clients.now().reconnects();
        clients.users().resize(load.base(), perSecond());
        double left = arrive(load.base());
        say("the surge has left");
        Duration atMost =
                stage.scaling().longestShrink(replicas(), stage.scaling().min()).plus(REST);
        until(this::isSmallAgain, atMost);
        pass(REST);
        long moves = clients.now().reconnects() - movesBefore;
        say("clients have moved %d times while the fleet shrank", moves);
        Verdict.Phases phases = new Verdict.Phases(
                new Phase(surgeBegins, arrived, surgeEnds), rollout, new Phase(ebbBegins, left, now() + 1));
        List<String> notes = new ArrayList<>(stage.notes());
        notes.add("While the fleet shrank, clients moved " + moves + " times.");
        return outcome(phases, peak, notes);
    }

    /** Replaces all pods, and waits until the fleet is at rest again. */
    private Rollout rollOut() throws InterruptedException {
        double begins = now();
        Moment.Clients before = clients.now();
        say("all pods are replaced");
        stage.replacePods();
        // Each pod may take as long as the first ones, and no two need be replaced at the same time.
        boolean isComplete =
                until(stage::arePodsReplaced, plan.speed().scenario(START).multipliedBy(Math.max(1, replicas())));
        double replaced = now();
        pass(REST);
        Rollout rollout = new Rollout(
                new Phase(begins, replaced, now()),
                isComplete,
                before.live(),
                clients.now().reconnects() - before.reconnects());
        say("all pods were replaced with %.2f moves a client", rollout.movesEach());
        return rollout;
    }

    private Outcome outcome(Verdict.Phases phases, int peak, List<String> notes) throws InterruptedException {
        List<Moment> moments = List.copyOf(recorder.moments());
        say("waiting until every client has every message");
        Verdict.Tally tally = clients.finish();
        List<String> failures = new ArrayList<>(tally.failures());
        int forced = 0;
        for (PodView pod : stage.pods()) {
            forced += pod.forced();
            if (!pod.failure().isEmpty()) {
                failures.add(
                        pod.name() + ": " + pod.failure().lines().findFirst().orElse(""));
            }
        }
        Verdict verdict = Verdict.of(
                moments,
                phases,
                peak,
                new Verdict.Tally(tally.lost(), tally.duplicated(), tally.reordered(), forced, failures));
        return new Outcome(plan, notes, moments, phases, verdict);
    }

    /**
     * Whether no pod is about to be ready. The article's query never asks for enough pods, so the wait does not include
     * its decision.
     */
    private boolean isComplete(int peak) {
        return nobodyIs(PodView.Phase.STARTING) && (plan.article() || decision.replicas() >= peak);
    }

    private boolean isSmallAgain() {
        int min = stage.scaling().min();
        return replicas() == min && nobodyIs(PodView.Phase.LEAVING) && decision.replicas() == min;
    }

    private int replicas() {
        return (int) stage.pods().stream().filter(PodView::isReplica).count();
    }

    private boolean nobodyIs(PodView.Phase phase) {
        return stage.pods().stream().noneMatch(pod -> pod.phase() == phase);
    }

    /** Clients a real second, so that the surge takes the time of the scenario. */
    private double perSecond() {
        int clients = plan.load().peak() - plan.load().base();
        return Math.max(1, clients / seconds(plan.speed().real(plan.times().ramp())));
    }

    /** Waits until all clients are served. Returns the time of the scenario. */
    private double arrive(int count) throws InterruptedException {
        Duration atMost = plan.times().ramp().multipliedBy(3).plus(plan.speed().scenario(START));
        if (!until(clients.users()::isWhole, atMost)) {
            say("only %d of %d clients are served", clients.now().live(), count);
        }
        return now();
    }

    private void pass(Duration scenario) throws InterruptedException {
        until(() -> false, scenario);
    }

    /** Runs until a condition is true, or for a time of the scenario. */
    private boolean until(BooleanSupplier isSo, Duration atMost) throws InterruptedException {
        double end = now() + seconds(atMost);
        while (!isSo.getAsBoolean()) {
            if (now() >= end) {
                return false;
            }
            tick();
            Thread.sleep(PACE);
        }
        return true;
    }

    private void tick() {
        long now = System.nanoTime();
        if (now >= nextLook) {
            nextLook += stage.pace().toNanos();
            int before = decision.replicas();
            decision = stage.look(Duration.ofNanos((long) (now() * 1e9)));
            if (decision.replicas() != before) {
                say(
                        "the HPA goes from %d to %d pods (%s asks for %d)",
                        before, decision.replicas(), decision.reason(), decision.wanted());
            }
        }
        Moment moment = recorder.note(now(), decision, stage, clients.now());
        if (now >= nextProgress) {
            nextProgress = now + PROGRESS.toNanos();
            progress(moment);
        }
    }

    private void progress(Moment moment) {
        Function<Moment, String> load = each -> String.join(
                " ",
                each.load().values().stream()
                        .map(one -> one.connections() + (one.stays() ? "" : "↓"))
                        .toList());
        say(
                "clients %d/%d | pods %d wanted, %d decided, %d ready | %s | %d reconnects",
                moment.clients().live(),
                moment.clients().target(),
                moment.wanted(),
                moment.desired(),
                moment.pods().ready(),
                load.apply(moment),
                moment.clients().reconnects());
    }

    /** Seconds of the scenario since the beginning. */
    private double now() {
        return seconds(plan.speed().scenario(Duration.ofNanos(System.nanoTime() - begun)));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    @FormatMethod
    private void say(String format, Object... values) {
        long seconds = (long) now();
        out.println(String.format(Locale.ROOT, "%02d:%02d ", seconds / 60, seconds % 60)
                + String.format(Locale.ROOT, format, values));
    }
}
