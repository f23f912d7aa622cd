package io.tidegate.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Gives tokens that count for a while, takes its time for it, and now and then fails. */
final class SimulatedIssuer {
    /** Of each token; null on an open fleet. */
    @Nullable
    Duration life;
    /** Every how many calls one fails; 0 for none. */
    int everyNthFails;
    /** Connections that ended with their token. */
    int expired;
    /** Handshakes with a token that did not count. */
    int refused;

    private final ManualTimers timers;
    private int calls;

    SimulatedIssuer(ManualTimers timers) {
        this.timers = timers;
    }

    boolean isClosed() {
        return life != null;
    }

    /** A token after so long. */
    CompletionStage<String> give(Duration answer) {
        CompletableFuture<String> token = new CompletableFuture<>();
        int call = ++calls;
        timers.after(answer, () -> {
            if (everyNthFails > 0 && call % everyNthFails == 0) {
                token.completeExceptionally(new IllegalStateException("the login service is away"));
            } else {
                long nanos = life == null ? 0 : life.toNanos();
                token.complete(call + "." + (timers.nanoTime() + nanos));
            }
        });
        return token;
    }

    int calls() {
        return calls;
    }

    boolean counts(String token) {
        return end(token) > timers.nanoTime();
    }

    long leftMs(String token) {
        return Duration.ofNanos(end(token) - timers.nanoTime()).toMillis();
    }

    private static long end(String token) {
        return Long.parseLong(token.substring(token.indexOf('.') + 1));
    }
}
