package io.tidegate.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.tidegate.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** Limits how many of the process's descriptors connections may use. With no free descriptor, nothing else works. */
final class Descriptors {
    /** Descriptors for the management port (up to 256), the jars, Redis and files. */
    private static final int RESERVE = 512;

    private Descriptors() {}

    /** The limit of descriptors of the process; {@link Long#MAX_VALUE} where the system does not tell it. */
    static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /**
     * The largest number of open TCP connections.
     *
     * @param most descriptors
     */
    static int sockets(Settings.Limits limits, long most) {
        return Math.min(limits.sockets().orElse(Integer.MAX_VALUE), fitting(most));
    }

    /** The reason why this process cannot have as many connections as its settings say. */
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
        return ("%s=%d is too high: this process may open %d descriptors (ulimit -n), enough for %d TCP connections;"
                        + " further ones are closed at once")
                .formatted(key, value, most, fitting);
    }

    private static int fitting(long most) {
        return (int) Math.min(Integer.MAX_VALUE, most - Math.min(RESERVE, most / 2));
    }
}
