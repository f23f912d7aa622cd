package io.tidegate.rehearsal.load;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The limits of this machine for one process.
 *
 * @param files open at a time; {@code ulimit -n}
 * @param ports local ports towards one address
 */
public record ProcessLimits(long files, long ports) {
    private static final Path PORT_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    /** Files for jars, logs and pipes. */
    private static final int OTHER_FILES = 200;

    /** The limits here; without limits where the system does not tell them. */
    public static ProcessLimits here() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        try {
            String[] range = Files.readString(PORT_RANGE).trim().split("\\s+");
            return new ProcessLimits(files, Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1);
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return new ProcessLimits(files, Long.MAX_VALUE);
        }
    }

    /** Why this many connections to this many targets are too many; empty where they are not. */
    public Optional<String> refusal(int connections, int targets) {
        if (connections > files - OTHER_FILES) {
            return Optional.of(connections + " connections need as many open files and " + OTHER_FILES
                    + " more, and the limit is " + files + ": raise it (ulimit -n) or ask for fewer");
        }
        if ((connections + targets - 1) / targets > ports) {
            return Optional.of(connections + " connections need as many local ports, and there are " + ports
                    + " for each of " + targets + " targets: name more targets, or widen net.ipv4.ip_local_port_range");
        }
        return Optional.empty();
    }
}
