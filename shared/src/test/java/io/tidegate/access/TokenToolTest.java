package io.tidegate.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenToolTest {
    private final ManualClock clock = new ManualClock();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Map<String, String> environment, String... arguments) {
        out.reset();
        err.reset();
        return new TokenTool(environment, clock, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .run(arguments);
    }

    private String printed() {
        return out.toString(UTF_8).strip();
    }

    @Test
    void aTokenThatItMakesIsAcceptedAndSaysWhatItAllows() {
        Map<String, String> environment = Map.of("TIDEGATE_AUTH_SECRET", TokenFixture.SECRET);
        assertEquals(0, run(environment, "--user", "ann", "--subscribe", "news.*, user:{user}", "--publish", "chat"));
        String token = printed();
        assertEquals("", err.toString(UTF_8));
        assertEquals(0, run(environment, "--check", token));
        assertTrue(printed().startsWith("accepted: user ann, until "), this::printed);
        assertTrue(printed().contains("(60 minutes, the leeway included)"), this::printed);
        assertTrue(printed().contains("may subscribe to: news.*, user:ann\nmay publish to: chat\n"), this::printed);
        clock.advance(Duration.ofMinutes(61));
        assertEquals(1, run(environment, "--check", token));
        assertEquals("refused: the token has expired", printed());
    }

    @Test
    void withoutASecretItMakesOneAndSaysHowToUseIt() {
        assertEquals(0, run(Map.of(), "--user", "ann"));
        String token = printed();
        String said = err.toString(UTF_8).strip();
        String secret = said.substring(said.lastIndexOf('=') + 1);
        assertEquals(0, run(Map.of(), "--check", token, "--secret", secret));
        assertEquals(1, run(Map.of(), "--check", token, "--secret", TokenFixture.SECRET));
        assertEquals("refused: the token's signature is not valid", printed());
    }

    @Test
    void wrongUsageIsOneLineThatNamesWhatIsAllowed() {
        assertWrong("--user is missing");
        assertWrong("unknown option --name; there are --user,", "--name", "ann");
        assertWrong("--user needs a value", "--user");
        assertWrong("--minutes must be a whole number from 1", "--user", "ann", "--minutes", "0");
        assertWrong("--subscribe has \"a b\"; allowed are topics", "--user", "ann", "--subscribe", "x,a b");
        assertWrong("at least 32 bytes", "--user", "ann", "--secret", "short");
        assertWrong("no key to check the token with", "--check", "x");
    }

    private void assertWrong(String part, String... arguments) {
        assertEquals(2, run(Map.of(), arguments));
        String said = err.toString(UTF_8).strip();
        assertTrue(said.startsWith("tidegate token: ") && said.contains(part), said);
        assertEquals("", printed());
    }
}
