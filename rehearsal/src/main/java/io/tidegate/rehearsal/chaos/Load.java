package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.load.Topics;
import java.time.Duration;

/**
 * Who is connected and how much they publish.
 *
 * @param clients of {@code clients/java}; each listens and publishes to two topics
 * @param otherClients of other languages, the same
 * @param plainClients on the plain wire, each in one topic; they only listen
 * @param backEnds that publish over HTTP
 * @param crowd whose presence is watched; only where the servers ask for tokens
 * @param rate messages a second that all of them publish together
 */
public record Load(int clients, int otherClients, int plainClients, int backEnds, Crowd crowd, double rate) {

    /**
     * Users in one topic.
     *
     * @param watchers who are shown who is there, and are there, too
     */
    public record Crowd(int users, int watchers) {}

    /** Two for each client, and ten who publish to each, so that a message goes to twenty or so. */
    Topics topics() {
        return new Topics(Math.max(2, (clients + otherClients) / 10), 2);
    }

    /** What those of clients/java publish of the rate. */
    double rateOfClients() {
        return rate * clients / (clients + otherClients);
    }

    /** From one publish of a client to its next, on average. */
    Duration interval() {
        return Duration.ofNanos((long) (1e9 * (clients + otherClients) / rate));
    }
}
