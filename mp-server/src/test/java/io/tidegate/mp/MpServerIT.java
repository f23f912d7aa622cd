package io.tidegate.mp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.ServerContract;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract, held by the packaged server. */
class MpServerIT extends ServerContract {
    @Override
    protected Path jar() {
        return Jars.MP;
    }

    @Test
    void itIsHeldWithTwoWriteLoops() {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of())) {
            assertTrue(server.output().contains("Writes: loops 2,"), server::output);
        }
    }
}
