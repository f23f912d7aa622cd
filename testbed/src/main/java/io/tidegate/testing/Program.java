package io.tidegate.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A program of this machine in a separate process, which ends with this JVM at the latest. Its output goes to a file. Any
 * thread.
 */
public final class Program implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Path log;

    /** A program is not installed, or has ended before it was ready; the message says why, with its output. */
    public static final class NotStartedException extends RuntimeException {
        private NotStartedException(String message) {
            super(message);
        }
    }

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** The path of a program; empty where it is not installed. */
    public static Optional<Path> find(String program) {
        return Stream.of(path().split(File.pathSeparator, -1))
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The {@code PATH}, and Debian's folder for daemons, which is not on every {@code PATH}. */
    private static String path() {
        return System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    }

    /**
     * Starts a program.
     *
     * @param directory where it works, writes its log, and has its home
     * @throws NotStartedException where it is not installed
     */
    public static Program start(Path directory, String program, List<String> arguments) {
        Path found = find(program).orElseThrow(() -> new NotStartedException(program + " is not installed"));
        List<String> command = new ArrayList<>(List.of(found.toString()));
        command.addAll(arguments);
        Path log = directory.resolve(program + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("PATH", path());
        builder.environment().put("HOME", directory.toString());
        try {
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new Program(program, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + command, e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until it is ready.
     *
     * @throws NotStartedException where it has ended
     * @throws AssertionError with its output, after the limit
     */
    public void awaitReady(Duration limit, BooleanSupplier isReady) {
        Await.until(
                () -> name + " is ready; its output:\n" + said(), limit, () -> !isAlive() || isReady.getAsBoolean());
        if (!isAlive()) {
            throw new NotStartedException(name + " did not start; its output:\n" + said());
        }
    }

    /** Its output so far. */
    public String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** Ends it in order, because it may have processes of its own. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
