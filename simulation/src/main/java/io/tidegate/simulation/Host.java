package io.tidegate.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process in the world: its actions wait while it is frozen, and never happen after it is killed. */
final class Host {
    private final World world;
    private final String name;
    private final List<Runnable> deferred = new ArrayList<>();
    private boolean frozen;
    private long frozenSince;
    private long frozenNanos;
    private boolean dead;

    Host(World world, String name) {
        this.world = world;
        this.name = name;
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return !dead;
    }

    boolean isFrozen() {
        return frozen;
    }

    /** An action of this process. */
    World.Task in(long nanos, String label, Runnable action) {
        return world.in(nanos, "", () -> run(label, action));
    }

    private void run(String label, Runnable action) {
        if (dead) {
            return;
        }
        if (frozen) {
            deferred.add(() -> run(label, action));
            return;
        }
        if (!label.isEmpty()) {
            world.trace(name + "  " + label);
        }
        action.run();
    }

    /** The nanoseconds so far in which the process was able to run. */
    long awake() {
        return world.now() - frozenNanos - (frozen ? world.now() - frozenSince : 0);
    }

    /** SIGSTOP. */
    void freeze() {
        if (!frozen) {
            frozen = true;
            frozenSince = world.now();
        }
    }

    /** SIGCONT: everything that waited happens now. */
    void thaw() {
        if (!frozen) {
            return;
        }
        frozenNanos += world.now() - frozenSince;
        frozen = false;
        List<Runnable> all = List.copyOf(deferred);
        deferred.clear();
        all.forEach(action -> world.in(0, "", action));
    }

    /** SIGKILL. */
    void kill() {
        dead = true;
        deferred.clear();
    }
}
