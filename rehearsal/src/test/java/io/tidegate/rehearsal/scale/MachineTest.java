package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void soManyProxiesShareTheClientsThatNoneRunsOutOfFiles() {
        assertEquals(new Machine(2, 9_750), Machine.of(10_000, 20_000));
        assertEquals(new Machine(1, 9_750), Machine.of(160, 20_000));
    }

    @Test
    void moreClientsThanFilesAreRefusedWithWhatToDo() {
        UnplayableException refusal = assertThrows(UnplayableException.class, () -> Machine.of(10_000, 4_096));
        assertTrue(refusal.getMessage().contains("ulimit -n 13000"), refusal.getMessage());
    }
}
