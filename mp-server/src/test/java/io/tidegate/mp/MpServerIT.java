package io.tidegate.mp;

import io.tidegate.contract.ServerContract;
import java.nio.file.Path;

/** The contract, held by the packaged server. */
class MpServerIT extends ServerContract {
    @Override
    protected Path jar() {
        return Jars.MP;
    }
}
