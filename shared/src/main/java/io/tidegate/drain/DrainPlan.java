package io.tidegate.drain;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When each of several connections is to leave: pure arithmetic.
 *
 * <p>The window is cut into as many equal parts as there are connections, and each gets a random moment within a part of
 * its own. So the closes are spread evenly whatever the dice say, and clients of several nodes do not fall into step.
 */
final class DrainPlan {
    private DrainPlan() {}

    /**
     * One slot for each connection, ascending.
     *
     * @return milliseconds from the notice; all in {@code [notice, notice + window)}, or at the notice where the window
     *     is zero
     */
    static long[] slots(int connections, Duration notice, Duration window, RandomGenerator random) {
        long[] slots = new long[connections];
        for (int i = 0; i < connections; i++) {
            double part = (i + random.nextDouble()) / connections;
            slots[i] = notice.toMillis() + (long) (part * window.toMillis());
        }
        return slots;
    }
}
