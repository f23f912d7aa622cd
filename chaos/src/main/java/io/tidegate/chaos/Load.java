package io.tidegate.chaos;

import io.tidegate.workload.Topics;
import java.time.Duration;

/**
 * The connected clients, and how much they publish.
 *
 * @param clients of {@code clients/java}; each listens and publishes to two topics
 * @param otherClients of other languages; the same
 * @param plainClients on the plain wire, each in one topic; they only listen
 * @param backEnds that publish over HTTP
 * @param crowd the users whose presence is watched; only where the servers require tokens
 * @param rate messages a second that all of them publish together
 */
record Load(int clients, int otherClients, int plainClients, int backEnds, Crowd crowd, double rate) {

    /**
     * Users in one topic.
     *
     * @param watchers users who are shown the presence, and are part of it
     */
    record Crowd(int users, int watchers) {}

    /** Two topics for each client, with ten publishers in each topic, so that a message goes to about twenty clients. */
    Topics topics() {
        return new Topics(Math.max(2, (clients + otherClients) / 10), 2);
    }

    /** The part of the rate that clients of clients/java publish. */
    double rateOfClients() {
        return rate * clients / (clients + otherClients);
    }

    /** The mean time between two publishes of a client. */
    Duration interval() {
        return Duration.ofNanos((long) (1e9 * (clients + otherClients) / rate));
    }
}
