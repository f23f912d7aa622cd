package io.tidegate.simulation;

import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Runs the owners of one process in the world's thread. The time of each step is random: at once (as if the poster ran it), soon,
 * or late (as if the process lost its core). The events of one owner keep their order; events of two owners have no order.
 */
final class SimulatedOwners implements Owners {
    private static final long SOON_NANOS = 200_000;
    private static final long LATE_NANOS = 30_000_000;
    private static final long STUCK_NANOS = 1_000_000_000;

    private final World world;
    private final Host host;
    private final Random random;
    private final List<One<?>> owners = new ArrayList<>();

    SimulatedOwners(World world, Host host, Random random) {
        this.world = world;
        this.host = host;
        this.random = random;
    }

    @Override
    public <E> Owner<E> serial(String name, Owner.Step<E> step) {
        One<E> owner = new One<>(name, step, null);
        owners.add(owner);
        return owner;
    }

    @Override
    public <E> Owner<E> loop(String name, Owner.Rounds<E> rounds) {
        One<E> owner = new One<>(name, rounds, rounds);
        owners.add(owner);
        return owner;
    }

    @Override
    public void defect(String owner, Throwable defect) {
        StackTraceElement[] stack = defect.getStackTrace();
        world.violate("a step of " + host.name() + " " + owner + " failed: " + defect + " at "
                + List.of(stack).subList(0, Math.min(8, stack.length)));
    }

    @Override
    public void close() {}

    /** The first owner that has not stepped for a second although an event waits; null if there is none. */
    @Nullable
    String stuck() {
        for (One<?> owner : owners) {
            if (owner.waiting() > 0 && world.now() - owner.waitsSince > STUCK_NANOS) {
                return host.name() + " " + owner.name;
            }
        }
        return null;
    }

    private final class One<E> implements Owner<E> {
        private final String name;
        private final Owner.Step<E> step;
        private final Owner.@Nullable Rounds<E> rounds;
        private final ArrayDeque<E> events = new ArrayDeque<>();
        private boolean scheduled;
        private long steps;
        private long waitsSince;

        One(String name, Owner.Step<E> step, Owner.@Nullable Rounds<E> rounds) {
            this.name = name;
            this.step = step;
            this.rounds = rounds;
        }

        @Override
        public void post(E event) {
            if (!host.isAlive()) {
                return;
            }
            if (events.isEmpty()) {
                waitsSince = world.now();
            }
            events.add(event);
            schedule();
        }

        private void schedule() {
            if (!scheduled) {
                scheduled = true;
                host.in(delay(), "", this::run);
            }
        }

        private long delay() {
            int draw = random.nextInt(1000);
            if (draw < 600) {
                return 0;
            }
            if (draw < 998) {
                return random.nextLong(SOON_NANOS);
            }
            world.cover("owner stepped late");
            return random.nextLong(LATE_NANOS);
        }

        /** Handles a random number of events, and then, for a loop, the end of the round. */
        private void run() {
            scheduled = false;
            waitsSince = world.now();
            int most = 1 + random.nextInt(8);
            for (int i = 0; i < most && !events.isEmpty() && (rounds == null || !rounds.isFull()); i++) {
                E event = events.remove();
                steps++;
                if (world.tracing()) {
                    world.trace(host.name() + "  " + name + "  " + event);
                }
                take(event);
            }
            boolean left = rounds != null && rounds.finish();
            if (left || !events.isEmpty()) {
                schedule();
            }
        }

        private void take(E event) {
            try {
                step.step(event);
            } catch (RuntimeException | Error e) {
                defect(name, e);
            }
        }

        @Override
        public int waiting() {
            return events.size();
        }

        @Override
        public long steps() {
            return steps;
        }
    }
}
