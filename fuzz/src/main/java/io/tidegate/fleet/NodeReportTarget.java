package io.tidegate.fleet;

import io.tidegate.fuzz.Promise;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.util.Optional;

/** Data that any process can publish to the channel of the fleet: a report in the form that nodes pass on, or it is refused. */
public final class NodeReportTarget {
    private static final long NOW = 1_800_000_000_000L;

    private NodeReportTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Optional<NodeReport> report = NodeReport.read(new Message(Opcode.TEXT, input), NOW);
        report.ifPresent(read -> {
            Promise.that(read.round() >= 0 && read.round() <= NOW, () -> "round " + read.round());
            // Four names of the largest length can exceed the limit of a report.
            if (read.message().payload().length <= input.length) {
                Promise.same(report, NodeReport.read(read.message(), NOW));
            }
        });
    }
}
