package io.tidegate.relay;

import io.tidegate.relay.PublishQueue.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one call of the link publishes: any number of publishes, also none, and in some batches a probe. */
final class Batch {
    private final List<Waiting> publishes;
    private final long answerByNanos;
    private List<Group> groups = List.of();
    private boolean sent;

    /**
     * A batch that is not sent yet.
     *
     * @param answerByNanos the time by which Redis must have answered, in the uplink's attentive time
     */
    Batch(List<Waiting> publishes, long answerByNanos) {
        this.publishes = publishes;
        this.answerByNanos = answerByNanos;
    }

    /**
     * The batch in the form that a link takes; a probe can be added to the list. Call this right before the link takes the
     * batch: see {@link KnownPositions}.
     */
    List<Link.Outgoing> outgoing(String prefix, KnownPositions known) {
        groups = Group.of(publishes);
        List<Link.Outgoing> outgoing = new ArrayList<>(groups.size() + 1);
        groups.forEach(group -> outgoing.add(group.outgoing(prefix, known)));
        return outgoing;
    }

    /** The link has taken the batch, so an answer will come. */
    void sent() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    boolean isLate(long nowNanos) {
        return nowNanos > answerByNanos;
    }

    /**
     * The number of clients' messages that Redis has taken, according to its answers. There is one answer for each
     * group, then one for each message of the probe if the batch has one.
     */
    long ofClients(List<Link.Answer> answers) {
        long taken = 0;
        for (int i = 0; i < groups.size(); i++) {
            if (answers.get(i) instanceof Link.Taken && groups.get(i).topic().isClients()) {
                taken += groups.get(i).publishes().size();
            }
        }
        return taken;
    }

    /** Notes the positions that Redis has given. */
    void learn(List<Link.Answer> answers, KnownPositions known) {
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            group.last(answers.get(i)).ifPresent(last -> known.learned(group.topic(), last));
        }
    }

    /** Completes the publishers' futures. Returns how many publishes were refused. */
    int complete(List<Link.Answer> answers) {
        int failed = 0;
        for (int i = 0; i < groups.size(); i++) {
            failed += groups.get(i).complete(answers.get(i));
        }
        return failed;
    }

    /** The first topic for which Redis has refused a group. */
    Optional<Refusal> refusal(List<Link.Answer> answers) {
        for (int i = 0; i < groups.size(); i++) {
            if (answers.get(i) instanceof Link.Refused refused) {
                return Optional.of(new Refusal(groups.get(i).topic(), refused.reason()));
            }
        }
        return Optional.empty();
    }

    /** The answers of Redis to the messages of the probe; empty where this batch has no probe. */
    List<Link.Answer> probed(List<Link.Answer> answers) {
        return answers.subList(groups.size(), answers.size());
    }

    /** Fails the publishes that are not completed. Returns their number. */
    int fail(String reason) {
        return fail(publishes, reason);
    }

    /** Fails those of these publishes that are not completed. Returns their number. */
    static int fail(List<Waiting> publishes, String reason) {
        RelayUnavailableException error = new RelayUnavailableException(reason);
        int failed = 0;
        for (Waiting publish : publishes) {
            failed += publish.done().completeExceptionally(error) ? 1 : 0;
        }
        return failed;
    }
}
