package io.tidegate.drain;

/** What of a node's connections is about to be elsewhere, as its reports tell it. Any thread asks. */
public interface Departing {

    /** Whether the node drains. */
    boolean draining();

    /** Open connections of clients whose moment to be elsewhere has come. */
    int onTheirWay();
}
