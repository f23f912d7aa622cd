package io.tidegate.rehearsal.scale;

/** The clients that connect, publish and listen during a rehearsal. */
interface Clients extends AutoCloseable {

    /** Sets the wanted number of connections, and the rate at which they come or go. */
    void resize(int connections, double perSecond);

    /** Sets the messages a second that all clients publish together. */
    void rate(double messages);

    /** Whether the wanted number of clients is connected, and all are served. */
    boolean areWhole();

    Moment.Clients now();

    /** Ends publishing, waits until all clients have received everything, and returns what was lost on the way. */
    Verdict.Tally finish() throws InterruptedException;

    @Override
    void close();
}
