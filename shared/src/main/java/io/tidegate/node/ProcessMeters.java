package io.tidegate.node;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.tidegate.metrics.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.DoubleSupplier;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * Metrics of the process, under the names that Prometheus's own clients use. A value that the system does not tell is
 * NaN.
 */
final class ProcessMeters {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MEMORY_LIMIT = Path.of("/sys/fs/cgroup/memory.max");

    private ProcessMeters() {}

    static void bind(MeterBinder meters) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double start = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;
        gauge(meters, "process_start_time_seconds", "When the process began, since the epoch", () -> start);
        // A gauge, because the registry's counters have only whole numbers, and a rate of whole seconds is a staircase.
        gauge(
                meters,
                "process_cpu_seconds_total",
                "CPU time that the process has used",
                () -> system.getProcessCpuTime() / 1e9);
        gauge(meters, "process_resident_memory_bytes", "Memory that the process holds", ProcessMeters::resident);
        gauge(
                meters,
                "tidegate_memory_limit_bytes",
                "Memory that the container may hold; NaN where it has no limit",
                ProcessMeters::memoryLimit);
        virtualThreads(meters);
        if (system instanceof UnixOperatingSystemMXBean unix) {
            gauge(meters, "process_open_fds", "Open descriptors", unix::getOpenFileDescriptorCount);
            gauge(meters, "process_max_fds", "Most descriptors the process may open", unix::getMaxFileDescriptorCount);
        }
    }

    /**
     * Connections are read on virtual threads. Many of them waiting for a carrier thread mean that the CPU is too small.
     */
    private static void virtualThreads(MeterBinder meters) {
        VirtualThreadSchedulerMXBean scheduler =
                ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        gauge(
                meters,
                "tidegate_virtual_threads_mounted",
                "Virtual threads that run on a carrier now",
                scheduler::getMountedVirtualThreadCount);
        gauge(
                meters,
                "tidegate_virtual_threads_queued",
                "Virtual threads that wait for a carrier",
                scheduler::getQueuedVirtualThreadCount);
        gauge(meters, "tidegate_carrier_threads", "Platform threads that run virtual ones", scheduler::getPoolSize);
    }

    private static void gauge(MeterBinder meters, String name, String help, DoubleSupplier value) {
        meters.gauge(name, help, Map.of(), value);
    }

    /** The resident memory. Only Linux tells it: {@code VmRSS:     123456 kB}. */
    private static double resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** The memory limit of control groups version 2; {@code max} means none. */
    private static double memoryLimit() {
        try {
            String limit = Files.readString(MEMORY_LIMIT).strip();
            return limit.equals("max") ? Double.NaN : Double.parseDouble(limit);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
