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
 * The JVM's cache of a server's classes after one start (JEP 514), stored beside its jar. With it a start takes less than
 * half of the time, and the suites start hundreds of servers. The JVM ignores a cache that does not fit.
 */
final class AotCache {
    /** The caches of this process, which does not outlive a build. */
    private static final Map<Path, Path> MADE = new ConcurrentHashMap<>();

    private AotCache() {}

    /** The options that let a server of this jar start from its cache. The first call makes the cache. */
    static List<String> options(Path jar) {
        return List.of("-XX:AOTCache=" + MADE.computeIfAbsent(jar, AotCache::make), "-Xlog:aot*=off", "-Xlog:cds*=off");
    }

    /**
     * Makes the cache. Another process may do so at the same time: a lock file excludes it, and the cache file appears
     * complete.
     */
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

    /** Whether the cache is older than the jar or one of its libraries. */
    private static boolean isOlder(Path cache, Path jar) throws IOException {
        long made = Files.getLastModifiedTime(cache).toMillis();
        try (Stream<Path> libraries = Files.list(jar.resolveSibling("libs"))) {
            return jar.toFile().lastModified() > made
                    || libraries.anyMatch(library -> library.toFile().lastModified() > made);
        }
    }
}
