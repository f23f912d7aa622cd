package io.tidegate.chaos;

import io.tidegate.check.Report;
import java.util.List;

/**
 * The result of a run.
 *
 * @param gaps how often a client was told that messages are missing
 * @param reconnects connections after the first one of each client, and how many in the busiest second
 * @param complaints other errors: clients that never caught up, servers that did not start
 */
record Outcome(Report report, long gaps, int reconnects, int busiest, List<String> complaints) {

    /** Redis keeps its file and the history reaches back, so that even a reported gap is an error. */
    boolean isGood() {
        return report.defects().isEmpty() && gaps == 0 && complaints.isEmpty();
    }

    /** The share of all reconnects that fell in the busiest second, from 0 to 1. */
    double busiestShare() {
        return reconnects == 0 ? 0 : (double) busiest / reconnects;
    }
}
