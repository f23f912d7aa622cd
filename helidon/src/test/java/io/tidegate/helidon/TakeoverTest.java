package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.task.InterruptableTask;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the contract tests cannot bring about: a Helidon that is not the one that this was written for. */
class TakeoverTest {
    /** Fails where a new version of Helidon has no such field any more. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void thisHelidonCanBeTakenOverFrom() {
        assertEquals("", Takeover.problem());
    }

    @Test
    void aConnectionOfAnotherHandlerStaysThere() throws Exception {
        InterruptableTask<Boolean> other = new InterruptableTask<>() {
            @Override
            public boolean canInterrupt() {
                return true;
            }

            @Override
            public Boolean call() {
                return Takeover.take(() -> {
                    throw new AssertionError("it was not taken over");
                });
            }
        };
        Takeover takeover = new Takeover(other, new Socket());
        assertFalse(takeover.run(other));
        assertTrue(takeover.webSocket().isEmpty());
    }

    @Test
    void aThreadOfNoListenerOfThisServerTakesNothingOver() {
        assertFalse(Takeover.take(() -> {
            throw new AssertionError("it was not taken over");
        }));
    }
}
