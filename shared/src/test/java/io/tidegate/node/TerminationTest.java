package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** In a process of its own, since it ends it. */
class TerminationTest {
    /**
     * The JVM ends by itself when its last thread that is no daemon ends (Runtime, "Shutdown Sequence"). A closing server has
     * none any more, and what is closed behind its listeners would be left open.
     */
    @Test
    void theProcessLivesUntilTheEndIsDone() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            assertEquals("hears signals", output.readLine());
            process.toHandle().destroy();
            assertEquals("keeps the process: true", output.readLine());
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws ReflectiveOperationException, InterruptedException {
            Termination.onSignal(() -> {
                System.out.println(
                        "keeps the process: " + !Thread.currentThread().isDaemon());
                System.exit(0);
            });
            System.out.println("hears signals");
            new CountDownLatch(1).await();
        }
    }
}
