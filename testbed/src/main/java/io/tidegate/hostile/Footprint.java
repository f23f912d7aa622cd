package io.tidegate.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The memory, descriptors and threads of a process, measured by Linux and the JVM.
 *
 * @param heapKib after a collection
 */
public record Footprint(long heapKib, long descriptors, long threads) {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    /** The footprint of a process of this user. Its JVM collects first. */
    public static Footprint of(long pid) {
        Path proc = Path.of("/proc", String.valueOf(pid));
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            long descriptors = open.count();
            jcmd(pid, "GC.run");
            Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
            Matcher threads = THREADS.matcher(Files.readString(proc.resolve("status")));
            if (!used.find() || !threads.find()) {
                throw new IllegalStateException("no numbers of process " + pid);
            }
            return new Footprint(Long.parseLong(used.group(1)), descriptors, Long.parseLong(threads.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException("looking at process " + pid, e);
        }
    }

    private static String jcmd(long pid, String command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(jcmd, String.valueOf(pid), command)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
