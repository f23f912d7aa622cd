package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A change as it travels, and what anybody else may publish to the channel. */
class PresenceChangeTest {

    @Test
    void comesBackAsItWas() {
        PresenceChange change = new PresenceChange(
                new Position("3k9x2", 4),
                true,
                List.of(
                        new Present(Optional.of("Gr\u00fc\u00dfe \ud83d\ude00\n"), 2, 7),
                        new Present(Optional.empty(), Present.GONE, 5)));

        assertEquals(Optional.of(change), PresenceChange.decode(change.encode()));
    }

    /** The first character of a name without its mark was taken for the mark, also where it is half of a pair. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 5 3\nann",
                "1 5 4\n\ud83d\ude00",
                "1 5 5\n=ann",
                "1 5 -1\n=ann",
                "1 5\n=ann",
                "1 x 4\n=ann",
                "99999999999 5 4\n=ann"
            })
    void isNoneWhereAUserIsNotAsNodesWriteOne(String user) {
        assertEquals(Optional.empty(), PresenceChange.decode(("presence\n3k9x2 4 1\n" + user).getBytes(UTF_8)));
    }
}
