package io.tidegate.drain;

import io.tidegate.settings.Settings;
import java.util.random.RandomGenerator;

/**
 * When each connection of a drain is to leave: pure arithmetic.
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
    static long[] slots(int connections, Settings.Drain drain, RandomGenerator random) {
        long notice = drain.notice().toMillis();
        long window = drain.window().toMillis();
        long[] slots = new long[connections];
        for (int i = 0; i < connections; i++) {
            double part = (i + random.nextDouble()) / connections;
            slots[i] = notice + (long) (part * window);
        }
        return slots;
    }
}
