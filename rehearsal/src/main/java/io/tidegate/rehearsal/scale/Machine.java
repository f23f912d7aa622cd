package io.tidegate.rehearsal.scale;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What this machine can carry.
 *
 * @param proxies that share the clients, so that none of them runs out of file descriptors
 * @param connectionsEach that one of them may carry
 */
record Machine(int proxies, int connectionsEach) {
    /** A client that is handed over has two connections for a moment. */
    private static final double MOVING = 1.25;

    /** What a process has open beside its connections. */
    private static final int OTHERS = 500;

    /**
     * Whether a rehearsal with so many clients can be played.
     *
     * @throws UnplayableException that names everything that is missing
     */
    static Machine check(int clients) {
        List<String> missing = Tool.missing();
        if (!missing.isEmpty()) {
            throw new UnplayableException("rehearse needs " + String.join("; ", missing));
        }
        return of(clients, fileDescriptors());
    }

    static Machine of(int clients, long fileDescriptors) {
        long needed = (long) (clients * MOVING) + OTHERS;
        if (needed > fileDescriptors) {
            throw new UnplayableException(clients + " clients need " + needed + " file descriptors in one process, and "
                    + fileDescriptors + " are allowed: ulimit -n " + needed + ", or fewer --connections");
        }
        int each = (int) Math.min(100_000, (fileDescriptors - OTHERS) / 2);
        return new Machine((int) Math.ceil(clients * MOVING / each), each);
    }

    private static long fileDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
