package io.tidegate.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs on this machine. */
public final class Programs {
    private Programs() {}

    /** The path of a program; empty where it is not installed. */
    public static Optional<Path> find(String program) {
        return Stream.of(path().split(File.pathSeparator, -1))
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The {@code PATH}, and Debian's folder for daemons, which is not on every {@code PATH}. */
    public static String path() {
        return System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    }
}
