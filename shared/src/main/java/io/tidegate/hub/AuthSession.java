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
 * Who a connection's peer is, for as long as its token counts. The reading thread renews it; any thread reads it. The end is kept
 * as a time of the clock that does not jump.
 */
final class AuthSession {
    /** New tokens a second, each of which may cost a signature check. */
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

    /** A token may count for centuries. */
    private static long saturated(Duration duration) {
        return TimeUnit.SECONDS.toNanos(Math.min(duration.toSeconds(), TimeUnit.DAYS.toSeconds(10_000)));
    }

    Identity identity() {
        return state.identity;
    }

    /** Whose its messages are. */
    Author author() {
        return state.author;
    }

    /** Until the end of the token; empty where there is none. */
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

    /** Takes a new token of the same user; where it is refused the one before counts. For the reading thread. */
    Verdict renew(String token) {
        if (access.isOpen()) {
            return new Verdict.Refused(Reason.INVALID, "this server asks for no token");
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
