package io.tidegate.rehearsal.load;

import io.tidegate.check.Defect;
import io.tidegate.check.Report;
import io.tidegate.workload.Latencies;
import io.tidegate.workload.Sample;
import io.tidegate.workload.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The result of a load.
 *
 * @param last the state at the end, before the clients left
 * @param samples one for each second
 * @param complaints targets that were not reached, and other errors
 */
record LoadResult(Report report, Snapshot last, Latencies latencies, List<Sample> samples, List<String> complaints) {

    /** Nothing was lost, duplicated or reordered, no gap was reported, and all targets were reached. */
    boolean isGood() {
        return report.defects().isEmpty() && last.messages().gaps() == 0 && complaints.isEmpty();
    }

    /** The verdict in lines: one line if all is well, otherwise the errors. */
    List<String> verdict() {
        List<String> lines = new ArrayList<>();
        for (Defect.Kind kind : Defect.Kind.values()) {
            if (report.count(kind) > 0) {
                lines.add(report.count(kind) + " " + kind.name().toLowerCase(Locale.ROOT));
            }
        }
        if (last.messages().gaps() > 0) {
            lines.add(last.messages().gaps() + " gaps told");
        }
        lines.addAll(complaints);
        return lines.isEmpty() ? List.of("nothing lost, duplicated or reordered") : lines;
    }

    /** How long the load took, its end included. */
    double seconds() {
        return samples.isEmpty() ? 0 : samples.getLast().at();
    }
}
