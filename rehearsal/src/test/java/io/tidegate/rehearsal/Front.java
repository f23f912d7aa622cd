package io.tidegate.rehearsal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A proxy in a process of its own, started from the file that we ship; only names and ports are others. */
final class Front implements AutoCloseable {
    private static final Path FILES = Path.of("../docker");

    private final Process process;
    private final Path log;

    private Front(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param file of {@code docker/}
     * @param names what stands there, each at least once, and what is to stand there
     * @param command {@code DIRECTORY} and {@code FILE} stand for what they say
     */
    static Front start(Path directory, String file, Map<String, String> names, List<String> command) {
        Path log = directory.resolve("log");
        try {
            Path own = directory.resolve(file);
            Files.writeString(own, with(names, Files.readString(FILES.resolve(file))));
            ProcessBuilder builder = new ProcessBuilder(command.stream()
                            .map(word -> word.replace("DIRECTORY", directory.toString())
                                    .replace("FILE", own.toString()))
                            .toList())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("PATH", Programs.path());
            builder.environment().put("HOME", directory.toString());
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new Front(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + command, e);
        }
    }

    private static String with(Map<String, String> names, String text) {
        String mine = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            assertTrue(text.contains(name.getKey()), () -> name.getKey() + " is not in\n" + text);
            mine = mine.replace(name.getKey(), name.getValue());
        }
        return mine;
    }

    /** Whether such a program is there. */
    static boolean isInstalled(String program) {
        return Programs.find(program).isPresent();
    }

    /** What it has printed. */
    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        // In order, since it may have processes of its own.
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
