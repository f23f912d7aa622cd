package io.tidegate.rehearsal.load;

import io.tidegate.rehearsal.check.Defect;
import io.tidegate.rehearsal.check.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of a load.
 *
 * @param last how things were in the end, before everybody left
 * @param samples one for each second
 * @param complaints what was not reached, or went wrong besides
 */
public record LoadResult(
        Report report, Snapshot last, Latencies latencies, List<Sample> samples, List<String> complaints) {

    /** Nothing was lost, doubled or reordered, no gap told, and all that was asked for was reached. */
    public boolean isGood() {
        return report.defects().isEmpty() && last.messages().gaps() == 0 && complaints.isEmpty();
    }

    /** The verdict in lines: one where all is well, or what is not. */
    public List<String> verdict() {
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

    /** How long it took, the end included. */
    public double seconds() {
        return samples.isEmpty() ? 0 : samples.getLast().at();
    }
}
