package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.rehearsal.load.ProcessLimits;
import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void soManyProxiesShareTheClientsThatNoneRunsOutOfFiles() {
        ProcessLimits limits = new ProcessLimits(20_000, 28_000);
        assertEquals(new Machine(2, 9_750), Machine.of(10_000, limits));
        assertEquals(new Machine(1, 9_750), Machine.of(160, limits));
    }

    @Test
    void moreClientsThanFilesAreRefusedWithWhatToDo() {
        UnplayableException refusal =
                assertThrows(UnplayableException.class, () -> Machine.of(10_000, new ProcessLimits(4_096, 28_000)));
        String why = String.valueOf(refusal.getMessage());
        assertTrue(why.contains("12500 connections") && why.contains("ulimit -n"), why);
    }
}
