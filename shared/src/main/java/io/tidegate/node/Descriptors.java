package io.tidegate.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.tidegate.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** How many of the process's descriptors connections may take: without one left, nothing else works either. */
final class Descriptors {
    /** For the management port (up to 256), the jars, Redis and files. */
    private static final int RESERVE = 512;

    private Descriptors() {}

    /** Those that the process may open; more than any process has where the system does not tell. */
    static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /**
     * The number of TCP connections at once.
     *
     * @param most descriptors
     */
    static int sockets(Settings.Limits limits, long most) {
        return Math.min(limits.sockets().orElse(Integer.MAX_VALUE), fitting(most));
    }

    /** Why this process cannot have the connections that its settings promise. */
    static Optional<String> problem(Settings.Limits limits, long most) {
        int fitting = fitting(most);
        if (limits.sockets().orElse(0) > fitting) {
            return Optional.of(line("tidegate.limits.sockets", limits.sockets().orElseThrow(), fitting, most));
        }
        return limits.connections() > fitting
                ? Optional.of(line("tidegate.limits.connections", limits.connections(), fitting, most))
                : Optional.empty();
    }

    private static String line(String key, int value, int fitting, long most) {
        return ("%s=%d does not fit: this process may open %d descriptors (ulimit -n), which allow %d TCP connections;"
                        + " more are closed at once")
                .formatted(key, value, most, fitting);
    }

    private static int fitting(long most) {
        return (int) Math.min(Integer.MAX_VALUE, most - Math.min(RESERVE, most / 2));
    }
}
