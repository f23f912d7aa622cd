package io.tidegate.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process in the world: what it does stands still while it is frozen, and never happens once it is killed. */
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

    /** Something that this process does. */
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

    /** Nanoseconds so far in which it was able to do anything. */
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

    /** SIGCONT: all that would have happened meanwhile happens now. */
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
