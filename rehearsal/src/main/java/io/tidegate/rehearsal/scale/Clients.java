package io.tidegate.rehearsal.scale;

/** Those who connect, publish and listen during a rehearsal. */
interface Clients extends AutoCloseable {

    /** From now on there are to be so many, who come or go at a rate. */
    void resize(int connections, double perSecond);

    /** Messages a second that all of them publish together. */
    void rate(double messages);

    /** Whether as many are there as there are to be, and each is served. */
    boolean areWhole();

    Moment.Clients now();

    /** Ends the publishing, waits until everybody has everything, and says what was lost on the way. */
    Verdict.Tally finish() throws InterruptedException;

    @Override
    void close();
}
