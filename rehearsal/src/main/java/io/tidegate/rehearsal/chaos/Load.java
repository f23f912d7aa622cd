package io.tidegate.rehearsal.chaos;

import java.time.Duration;

/**
 * Who is connected and how much they publish.
 *
 * @param clients of {@code clients/java}; each listens and publishes to two topics
 * @param nodeClients of {@code clients/js}, the same
 * @param plainClients on the plain wire, each in one topic; they only listen
 * @param rate messages a second that all of them publish together
 */
public record Load(int clients, int nodeClients, int plainClients, double rate) {

    /** Ten who publish to each topic, so that a message goes to twenty or so. */
    int topics() {
        return Math.max(2, (clients + nodeClients) / 10);
    }

    /** A client's two topics. */
    String topic(int client, int which) {
        int first = client % topics();
        int second = (first + 1 + (client / topics()) % (topics() - 1)) % topics();
        return "topic-" + (which == 0 ? first : second);
    }

    /** From one publish of a client to its next, on average. */
    Duration interval() {
        return Duration.ofNanos((long) (1e9 * (clients + nodeClients) / rate));
    }
}
