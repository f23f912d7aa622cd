package io.tidegate.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@code ./tidegate} itself, where it needs no build. */
class FrontDoorTest {
    private record Answer(int code, String text) {}

    @Test
    void itSaysItsVersion() throws Exception {
        Answer answer = tidegate("--version");
        assertEquals(0, answer.code());
        assertTrue(answer.text().matches("tidegate \\d+\\.\\d+\\.\\d+\\S* \\(\\w+\\)\n"), answer.text());
    }

    @Test
    void anUnknownCommandIsRefusedWithTheListOfThoseThatThereAre() throws Exception {
        Answer answer = tidegate("lod");
        assertEquals(2, answer.code());
        assertTrue(answer.text().startsWith("tidegate: unknown command 'lod'."), answer.text());
        assertTrue(answer.text().contains("./tidegate load "), answer.text());
    }

    private static Answer tidegate(String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("../tidegate", argument)
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), text);
    }
}
