package io.tidegate.rehearsal.scale;

import io.tidegate.testing.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What pods are started from: a server, and an archive of its classes as the images have one, with which it starts in half
 * the time. Pods of a surge all start at the same moment, on one machine in place of ten.
 *
 * @param options of the JVM
 */
record Image(Path jar, List<String> options) {
    private static final Duration START = Duration.ofMinutes(2);

    /** Starts the server once and ends it, which writes the archive; where it cannot, pods start without. */
    static Image make(Path jar, Path directory) {
        Path archive = directory.resolve(jar.getFileName() + ".jsa");
        ServerProcess once = ServerProcess.start(
                jar, Map.of("tidegate.drain.notice", "0s"), START, List.of("-XX:ArchiveClassesAtExit=" + archive));
        once.terminate();
        once.awaitExit(START);
        return new Image(jar, Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive) : List.of());
    }

    ServerProcess start(Map<String, String> settings) {
        return ServerProcess.start(jar, settings, START, options);
    }
}
