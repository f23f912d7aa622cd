package io.tidegate.drain;

/** The connections that are about to move from this node to others, as its reports count them. Any thread may ask. */
public interface Departing {

    /** Whether the node drains. */
    boolean draining();

    /** The open connections whose clients should have moved by now. */
    int onTheirWay();
}
