package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.relay.PublishQueue.Waiting;
import java.util.ArrayList;
import java.util.List;

/** What is published at once: some publishes, perhaps none, and perhaps a probe. */
final class Batch {
    private final List<Waiting> publishes;
    private final long answerByNanos;
    private List<Group> groups = List.of();
    private boolean sent;

    /**
     * A batch that is not sent yet.
     *
     * @param answerByNanos when Redis must have answered, in the uplink's attentive time
     */
    Batch(List<Waiting> publishes, long answerByNanos) {
        this.publishes = publishes;
        this.answerByNanos = answerByNanos;
    }

    /** As a link takes it, and room for a probe. */
    List<Link.Outgoing> outgoing(String prefix) {
        groups = Group.of(publishes);
        List<Link.Outgoing> outgoing = new ArrayList<>(groups.size() + 1);
        groups.forEach(group -> outgoing.add(group.outgoing(prefix)));
        return outgoing;
    }

    /** The link has taken it, so that an answer will come. */
    void sent() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    boolean isLate(long nowNanos) {
        return nowNanos > answerByNanos;
    }

    /** Messages that clients published. */
    long ofClients() {
        return publishes.stream().filter(publish -> publish.topic().isClients()).count();
    }

    /** Redis has answered with these positions, one list a group, then perhaps that of the probe. */
    void complete(List<List<Position>> positions) {
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).complete(positions.get(i));
        }
    }

    /** Fails those that are not completed; returns their number. */
    int fail(String reason) {
        return fail(publishes, reason);
    }

    /** The same of any publishes. */
    static int fail(List<Waiting> publishes, String reason) {
        RelayUnavailableException error = new RelayUnavailableException(reason);
        int failed = 0;
        for (Waiting publish : publishes) {
            failed += publish.done().completeExceptionally(error) ? 1 : 0;
        }
        return failed;
    }
}
