package io.tidegate.rehearsal.scale;

import io.tidegate.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that a rehearsal needs and that must be installed. */
enum Tool {
    PROMETHEUS("prometheus"),
    HAPROXY("haproxy");

    private final String program;

    Tool(String program) {
        this.program = program;
    }

    /** The missing programs, each with the command that installs it. */
    static List<String> missing() {
        return Arrays.stream(values())
                .filter(tool -> Programs.find(tool.program).isEmpty())
                .map(tool -> tool.program + ": apt-get install " + tool.program)
                .toList();
    }

    /** Starts the program. It ends with this JVM at the latest. */
    Process start(Path directory, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Programs.find(program)
                .orElseThrow(() -> new UnplayableException(program + " is not installed"))
                .toString());
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log(directory).toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program's output. */
    String said(Path directory) {
        try {
            return Files.readString(log(directory));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    private Path log(Path directory) {
        return directory.resolve(program + ".log");
    }

    static void end(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
