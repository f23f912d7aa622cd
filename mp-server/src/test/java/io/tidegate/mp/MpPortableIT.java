package io.tidegate.mp;

import io.tidegate.contract.PortableContract;
import java.nio.file.Path;

/** The same server with Java's and Helidon's own sockets. */
class MpPortableIT extends PortableContract {
    @Override
    protected Path jar() {
        return Jars.MP;
    }
}
