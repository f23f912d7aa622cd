package io.tidegate.mp;

import io.tidegate.contract.MixedFleetContract;
import java.nio.file.Path;

/** One server of each runtime. */
class MixedFleetIT extends MixedFleetContract {
    @Override
    protected Path one() {
        return Jars.SE;
    }

    @Override
    protected Path other() {
        return Jars.MP;
    }
}
