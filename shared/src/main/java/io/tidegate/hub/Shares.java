package io.tidegate.hub;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** How many open connections each owner has. An owner is an address or a user. Any thread. */
final class Shares<T> {
    private final int most;
    private final ConcurrentHashMap<T, Integer> open = new ConcurrentHashMap<>();

    /** The limit for each owner; 0 for no limit. */
    Shares(int most) {
        this.most = most;
    }

    /** Counts one more connection; false where the owner has reached the limit. */
    boolean enter(T owner) {
        if (most == 0) {
            return true;
        }
        AtomicBoolean entered = new AtomicBoolean();
        open.compute(owner, (key, count) -> {
            int present = count == null ? 0 : count;
            entered.setPlain(present < most);
            return entered.getPlain() ? Integer.valueOf(present + 1) : count;
        });
        return entered.getPlain();
    }

    void leave(T owner) {
        if (most > 0) {
            open.computeIfPresent(owner, (key, count) -> count == 1 ? null : count - 1);
        }
    }
}
