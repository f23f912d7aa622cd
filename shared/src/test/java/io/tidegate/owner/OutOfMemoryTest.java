package io.tidegate.owner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In processes of their own, since it ends them. */
class OutOfMemoryTest {
    private static final int LIMIT_SECONDS = 30;

    /** Where such an error may come out. */
    enum Place {
        THREAD {
            @Override
            void fail() throws InterruptedException {
                Thread thread = Thread.ofVirtual().start(() -> {
                    throw new OutOfMemoryError("Java heap space");
                });
                thread.join();
            }
        },
        STEP {
            @Override
            void fail() {
                new Threads(() -> {})
                        .<Integer>serial("topics", event -> {
                            throw new OutOfMemoryError("Java heap space");
                        })
                        .post(1);
            }
        },
        LOG {
            @Override
            void fail() {
                OutOfMemory.watchLog();
                Throwable error = new IllegalStateException(new OutOfMemoryError("Java heap space"));
                Logger.getLogger("io.netty.channel").log(Level.WARNING, "exceptionCaught", error);
            }
        };

        abstract void fail() throws InterruptedException;
    }

    @ParameterizedTest
    @EnumSource
    void itEndsTheProcessWhereverItComesOut(Place place) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        place.name())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS));
        assertEquals(3, process.exitValue(), output);
        assertTrue(output.lines().toList().getLast().startsWith("Out of memory: "), output);
    }

    /** This test would not come to its end. */
    @Test
    void aProcessThatHasNotAskedForItGoesOn() {
        OutOfMemory.check(new OutOfMemoryError("Java heap space"));
    }

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws InterruptedException {
            OutOfMemory.endsProcess();
            Place.valueOf(arguments[0]).fail();
        }
    }
}
