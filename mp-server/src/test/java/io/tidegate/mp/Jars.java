package io.tidegate.mp;

import java.nio.file.Path;

/** The packaged servers, as the build names them. */
final class Jars {
    static final Path MP = Path.of(System.getProperty("tidegate.jar"));
    static final Path SE = Path.of(System.getProperty("tidegate.se.jar"));

    private Jars() {}
}
