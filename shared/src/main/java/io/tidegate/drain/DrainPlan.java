package io.tidegate.drain;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Calculates when each of several connections must leave.
 *
 * <p>The window is divided into as many equal parts as there are connections, and each connection gets a random moment in
 * its own part. So the closes are spread evenly for any random numbers, and clients of several nodes do not move at the
 * same moments.
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
