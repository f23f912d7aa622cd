package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.check.Report;
import java.util.List;

/**
 * What came of a run.
 *
 * @param gaps how often a client was told that messages are missing
 * @param reconnects connections after the first one of each client, and how many in the busiest second
 * @param complaints what is wrong besides: clients that never came level, servers that did not start
 */
public record Outcome(Report report, long gaps, int reconnects, int busiest, List<String> complaints) {

    /** Redis keeps its file and history reaches back, so that not even a gap that is told is right. */
    public boolean isGood() {
        return report.defects().isEmpty() && gaps == 0 && complaints.isEmpty();
    }

    /** The share of all reconnects that fell in the busiest second, from 0 to 1. */
    public double busiestShare() {
        return reconnects == 0 ? 0 : (double) busiest / reconnects;
    }
}
