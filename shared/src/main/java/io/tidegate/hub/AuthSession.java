package io.tidegate.hub;

import io.tidegate.access.Access;
import io.tidegate.access.Identity;
import io.tidegate.access.Verdict;
import io.tidegate.access.Verdict.Reason;
import io.tidegate.protocol.Author;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The identity of a connection's peer, for as long as the peer's token is valid. The reading thread renews it; any thread
 * reads it. The end of the token is kept as a time of the monotonic clock.
 */
final class AuthSession {
    /** New tokens a second. Each of them may cost a signature check. */
    private static final int RENEWALS = 5;

    private record State(Identity identity, Author author, OptionalLong endNanos) {}

    private final Access access;
    private final Clock clock;
    private volatile State state;
    private RateLimit renewals = RateLimit.of(0);

    AuthSession(Identity identity, Access access, Clock clock) {
        this.access = access;
        this.clock = clock;
        this.state = state(identity);
    }

    private State state(Identity identity) {
        OptionalLong end = OptionalLong.empty();
        if (identity.expires().isPresent()) {
            Instant now = Instant.ofEpochMilli(clock.epochMillis());
            end = OptionalLong.of(clock.nanoTime()
                    + saturated(Duration.between(now, identity.expires().get())));
        }
        return new State(identity, identity.closed() ? Author.proven(identity.user()) : Author.AS_WRITTEN, end);
    }

    /** Avoids an overflow: a token may be valid for centuries. */
    private static long saturated(Duration duration) {
        return TimeUnit.SECONDS.toNanos(Math.min(duration.toSeconds(), TimeUnit.DAYS.toSeconds(10_000)));
    }

    Identity identity() {
        return state.identity;
    }

    /** The author of the peer's messages. */
    Author author() {
        return state.author;
    }

    /** Milliseconds until the end of the token; empty where there is no token. */
    OptionalLong expiresInMs() {
        OptionalLong end = state.endNanos;
        return end.isEmpty()
                ? end
                : OptionalLong.of(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end.getAsLong() - clock.nanoTime())));
    }

    boolean isOver(long nanoTime) {
        OptionalLong end = state.endNanos;
        return end.isPresent() && nanoTime - end.getAsLong() >= 0;
    }

    /**
     * Takes a new token of the same user. Where the new token is refused, the old one stays valid. For the reading
     * thread.
     */
    Verdict renew(String token) {
        if (access.isOpen()) {
            return new Verdict.Refused(Reason.INVALID, "this server does not use tokens");
        }
        if (renewals.isOff()) {
            renewals = RateLimit.of(RENEWALS);
        }
        if (!renewals.allows(clock.nanoTime())) {
            return new Verdict.Refused(Reason.INVALID, "too many tokens; allowed are " + RENEWALS + " a second");
        }
        Verdict verdict = access.check(token);
        if (verdict instanceof Verdict.Accepted accepted) {
            if (!accepted.identity().user().equals(state.identity.user())) {
                return new Verdict.Refused(Reason.INVALID, "the token is of another user; allowed is the same sub");
            }
            state = state(accepted.identity());
        }
        return verdict;
    }
}
