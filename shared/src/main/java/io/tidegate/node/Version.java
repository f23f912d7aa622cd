package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The version and revision of this build. */
public final class Version {
    private static final List<String> LINES = read();

    private Version() {}

    public static String current() {
        return LINES.getFirst();
    }

    /** The commit that was built; {@code unknown} where the build had no git. */
    public static String revision() {
        return LINES.getLast();
    }

    private static List<String> read() {
        try (InputStream file = Version.class.getResourceAsStream("version.txt")) {
            if (file == null) {
                throw new IllegalStateException("the jar lacks version.txt");
            }
            return new String(file.readAllBytes(), UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("reading version.txt", e);
        }
    }
}
