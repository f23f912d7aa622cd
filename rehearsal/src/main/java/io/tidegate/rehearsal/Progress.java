package io.tidegate.rehearsal;

import io.tidegate.rehearsal.load.Sample;
import java.io.PrintWriter;
import java.util.function.Consumer;

/** One line that is written over and over on a terminal, and one every five seconds elsewhere. */
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

    /** What follows stands in a line of its own. */
    void end() {
        if (terminal) {
            out.print(CLEAR);
            out.flush();
        }
    }
}
