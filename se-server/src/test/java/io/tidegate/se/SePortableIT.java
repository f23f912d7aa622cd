package io.tidegate.se;

import io.tidegate.contract.PortableContract;
import java.nio.file.Path;

/** The same server with Java's and Helidon's own sockets. */
class SePortableIT extends PortableContract {
    @Override
    protected Path jar() {
        return Path.of(System.getProperty("tidegate.jar"));
    }
}
