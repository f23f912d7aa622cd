package io.tidegate.access;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Tokens, patterns and headers that nobody has thought of; {@code -Djqwik.tries.default=1000000} tries more of them. */
class TokenFuzzTest {
    private static final ManualClock CLOCK = new ManualClock();
    private static final String GOOD =
            TokenFixture.signed(TokenFixture.claims(CLOCK.epochMillis()).build());
    private static final Access ACCESS = Access.of(
            SettingsReader.read(Map.of("tidegate.auth.secret", TokenFixture.SECRET), Map.of())
                    .auth(),
            CLOCK);

    @Property
    void noTokenButAGoodOneIsAccepted(@ForAll("tokens") String token) {
        assertInstanceOf(Verdict.Refused.class, ACCESS.check(token), token);
    }

    @Property
    void aPatternIsReadOrIsNone(@ForAll String text) {
        assertNotNull(TopicPattern.of(text, Optional.of("ann")));
        assertNotNull(TopicPattern.of(text, Optional.of(text)));
    }

    @Property
    void credentialsAreFoundOrNot(@ForAll String text) {
        for (Optional<String> cookie : List.of(Optional.<String>empty(), Optional.of("token"))) {
            assertNotNull(Credentials.of(name -> List.of(text), List.of(text), List.of(text, text), cookie));
        }
    }

    /** The good one with other characters; the last of a part may mean the same bits. */
    @Provide
    Arbitrary<String> tokens() {
        return Arbitraries.longs().map(seed -> {
            Random random = new Random(seed);
            StringBuilder token = new StringBuilder(GOOD);
            int at = random.nextInt(token.length() - 2);
            switch (random.nextInt(4)) {
                case 0 -> token.setLength(at);
                case 1 -> token.insert(at, ".");
                case 2 -> token.deleteCharAt(at);
                default -> token.setCharAt(at, (char) (token.charAt(at) ^ (1 + random.nextInt(127))));
            }
            return token.toString();
        });
    }
}
