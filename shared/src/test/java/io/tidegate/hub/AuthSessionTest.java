package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.access.Access;
import io.tidegate.access.Identity;
import io.tidegate.access.Rights;
import io.tidegate.access.Verdict;
import io.tidegate.protocol.Author;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import io.tidegate.testing.TestToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AuthSessionTest {
    private final ManualClock clock = new ManualClock();
    private final Access access = Access.of(
            SettingsReader.read(
                            Map.of("tidegate.auth.secret", TestToken.SECRET, "tidegate.auth.leeway", "0s"), Map.of())
                    .auth(),
            clock);

    private AuthSession session(Duration left) {
        Instant end = Instant.ofEpochMilli(clock.epochMillis()).plus(left);
        return new AuthSession(new Identity(true, Optional.of("ann"), Rights.NONE, Optional.of(end)), access, clock);
    }

    private String token(String user, Duration left) {
        return TestToken.of(user, clock.epochMillis() / 1000 + left.toSeconds())
                .with("\"news\"", "")
                .signed();
    }

    @Test
    void itEndsWithItsTokenThoughTheClockIsStepped() {
        AuthSession session = session(Duration.ofSeconds(20));
        clock.setEpochMillis(clock.epochMillis() - Duration.ofHours(1).toMillis());
        clock.advance(Duration.ofSeconds(19));
        assertFalse(session.isOver(clock.nanoTime()));
        assertEquals(OptionalLong.of(1_000), session.expiresInMs());
        clock.advance(Duration.ofSeconds(1));
        assertTrue(session.isOver(clock.nanoTime()));
        assertEquals(OptionalLong.of(0), session.expiresInMs());
    }

    @Test
    void withoutATokenItNeverEnds() {
        AuthSession session = new AuthSession(Identity.OPEN, access, clock);
        clock.advance(Duration.ofDays(10_000));
        assertFalse(session.isOver(clock.nanoTime()));
        assertEquals(OptionalLong.empty(), session.expiresInMs());
        assertEquals(Author.AS_WRITTEN, session.author());
    }

    @Test
    void aTokenForCenturiesIsNoOverflow() {
        AuthSession session = session(Duration.ofDays(1_000_000));
        clock.advance(Duration.ofDays(9_000));
        assertFalse(session.isOver(clock.nanoTime()));
    }

    @Test
    void aNewTokenOfTheSameUserTakesTheOldOnesPlace() {
        AuthSession session = session(Duration.ofSeconds(20));
        assertInstanceOf(Verdict.Accepted.class, session.renew(token("ann", Duration.ofSeconds(60))));
        clock.advance(Duration.ofSeconds(59));
        assertFalse(session.isOver(clock.nanoTime()));
        assertTrue(session.identity().rights().maySubscribe(new Topic("news")));
        assertEquals(Author.proven(Optional.of("ann")), session.author());
    }

    @Test
    void aTokenThatIsRefusedChangesNothing() {
        AuthSession session = session(Duration.ofSeconds(20));
        assertInstanceOf(Verdict.Refused.class, session.renew("garbage"));
        Verdict.Refused other =
                assertInstanceOf(Verdict.Refused.class, session.renew(token("ben", Duration.ofSeconds(60))));
        assertTrue(other.message().contains("same sub"), other::message);
        clock.advance(Duration.ofSeconds(20));
        assertTrue(session.isOver(clock.nanoTime()));
    }

    @Test
    void moreThanFiveTokensASecondAreNotLookedAt() {
        AuthSession session = session(Duration.ofSeconds(20));
        for (int i = 0; i < 5; i++) {
            assertInstanceOf(Verdict.Accepted.class, session.renew(token("ann", Duration.ofSeconds(60))));
        }
        Verdict.Refused refused =
                assertInstanceOf(Verdict.Refused.class, session.renew(token("ann", Duration.ofSeconds(60))));
        assertEquals("too many tokens; allowed are 5 a second", refused.message());
        clock.advance(Duration.ofSeconds(1));
        assertInstanceOf(Verdict.Accepted.class, session.renew(token("ann", Duration.ofSeconds(60))));
    }
}
