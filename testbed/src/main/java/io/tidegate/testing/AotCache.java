package io.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What the JVM knows of a server's classes after one start of it (JEP 514), beside its jar: the next start takes less than
 * half of the time, and the suites start hundreds. The JVM leaves one alone that does not fit.
 */
final class AotCache {
    /** Those of this process, which does not outlive a build. */
    private static final Map<Path, Path> MADE = new ConcurrentHashMap<>();

    private AotCache() {}

    /** The options by which a server of this jar starts from its cache, which the first who asks makes. */
    static List<String> options(Path jar) {
        return List.of("-XX:AOTCache=" + MADE.computeIfAbsent(jar, AotCache::make), "-Xlog:aot*=off", "-Xlog:cds*=off");
    }

    /** Another process may be at it: the file is locked meanwhile, and appears whole. */
    private static Path make(Path jar) {
        Path cache = jar.resolveSibling(jar.getFileName() + ".test.aot");
        Path lock = jar.resolveSibling(jar.getFileName() + ".test.aot.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            if (!Files.exists(cache) || isOlder(cache, jar)) {
                Path draft = jar.resolveSibling(jar.getFileName() + ".test.aot.draft");
                ServerProcess.train(jar, draft);
                Files.move(draft, cache, StandardCopyOption.REPLACE_EXISTING);
            }
            return cache;
        } catch (IOException e) {
            throw new UncheckedIOException("making " + cache, e);
        }
    }

    /** Than the jar or one of its libraries. */
    private static boolean isOlder(Path cache, Path jar) throws IOException {
        long made = Files.getLastModifiedTime(cache).toMillis();
        try (Stream<Path> libraries = Files.list(jar.resolveSibling("libs"))) {
            return jar.toFile().lastModified() > made
                    || libraries.anyMatch(library -> library.toFile().lastModified() > made);
        }
    }
}
