package io.tidegate.rehearsal.load;

import io.tidegate.workload.Sample;
import java.io.PrintWriter;
import java.util.function.Consumer;

/** Shows the progress: on a terminal in one line that is overwritten, elsewhere in one line every five seconds. */
final class Progress implements Consumer<Sample> {
    private static final double PAUSE_SECONDS = 5;
    private static final String CLEAR = "\r\033[K";

    private final PrintWriter out;
    private final boolean terminal;
    private double next;

    Progress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void accept(Sample sample) {
        if (terminal) {
            out.print(CLEAR + LoadText.progress(sample));
        } else if (sample.at() >= next) {
            next = sample.at() + PAUSE_SECONDS - 0.5;
            out.println(LoadText.progress(sample));
        }
        out.flush();
    }

    /** Ends the progress, so that later output begins on its own line. */
    void end() {
        if (terminal) {
            out.print(CLEAR);
            out.flush();
        }
    }
}
