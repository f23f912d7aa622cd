package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * The part of the contract that depends on how sockets are read and written, held by a server that does this in Java's and
 * Helidon's way alone: as on another system than Linux, with another version of Helidon, or from the class path.
 *
 * <p>Such a server is the packaged one, started by a jar whose manifest opens nothing.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class PortableContract {
    private static Path portable = Path.of("");

    /** The runnable jar, its libraries beside it. */
    protected abstract Path jar();

    @BeforeAll
    void pack() {
        portable = portable(jar());
    }

    /** A jar beside another one that starts it, without the rights of its manifest. */
    private static Path portable(Path jar) {
        Path portable = jar.resolveSibling("portable-" + jar.getFileName());
        try (JarFile packaged = new JarFile(jar.toFile())) {
            Manifest manifest = new Manifest();
            Attributes attributes = manifest.getMainAttributes();
            attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
            attributes.put(
                    Attributes.Name.MAIN_CLASS,
                    packaged.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
            attributes.put(Attributes.Name.CLASS_PATH, jar.getFileName().toString());
            new JarOutputStream(Files.newOutputStream(portable), manifest).close();
        } catch (IOException e) {
            throw new UncheckedIOException("making " + portable, e);
        }
        return portable;
    }

    @Test
    void itSaysWhatItDoesWithoutAndWhatThatCosts() {
        try (ServerProcess server = ServerProcess.start(portable, Map.of())) {
            String log = server.output();
            assertTrue(log.contains("because sockets cannot write without waiting here"), log);
            assertTrue(log.contains("because Helidon keeps its part of it"), log);
        }
        try (ServerProcess server = ServerProcess.start(jar(), Map.of())) {
            String log = server.output();
            assertTrue(log.contains("sockets write without waiting"), log);
            assertFalse(log.contains("because Helidon keeps its part of it"), log);
        }
    }

    @Nested
    class Handshakes extends HandshakeContract {
        @Override
        Path jar() {
            return portable;
        }
    }

    @Nested
    class Framing extends FramingContract {
        @Override
        Path jar() {
            return portable;
        }
    }

    @Nested
    class SlowConsumers extends SlowConsumerContract {
        @Override
        Path jar() {
            return portable;
        }
    }
}
