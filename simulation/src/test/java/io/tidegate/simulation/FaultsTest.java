package io.tidegate.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The faults that {@code simulation/prove} puts back fit the product as it is. */
class FaultsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void eachFaultCanBePutBack() throws IOException, InterruptedException {
        int faults = 0;
        try (DirectoryStream<Path> patches = Files.newDirectoryStream(ROOT.resolve("simulation/faults"), "*.patch")) {
            for (Path patch : patches) {
                Process git = new ProcessBuilder("git", "apply", "--check", patch.toString())
                        .directory(ROOT.toFile())
                        .redirectErrorStream(true)
                        .start();
                String said = new String(git.getInputStream().readAllBytes(), UTF_8);
                assertEquals(0, git.waitFor(), said);
                faults++;
            }
        }
        assertTrue(faults > 0);
    }
}
