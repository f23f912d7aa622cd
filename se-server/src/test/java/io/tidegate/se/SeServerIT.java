package io.tidegate.se;

import io.tidegate.contract.ServerContract;
import java.nio.file.Path;

/** The contract, held by the packaged server. */
class SeServerIT extends ServerContract {
    @Override
    protected Path jar() {
        return Path.of(System.getProperty("tidegate.jar"));
    }
}
