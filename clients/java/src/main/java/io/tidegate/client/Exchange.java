package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The traffic on the connections: subscriptions with their messages, publishes with their answers. In the client's
 * mailbox only.
 */
final class Exchange implements Traffic {
    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final Duration RATE_PAUSE = Duration.ofSeconds(1);
    /**
     * The largest number of positions that are remembered during a hand-over. A topic with more messages than that is
     * resumed, not handed over.
     */
    private static final int MOST_REMEMBERED = 10_000;

    private final Map<String, Feed> feeds = new LinkedHashMap<>();
    private final TopicRequests requests;
    private final Presences presences;
    private final PublishQueue publishQueue;
    private final Connector connector;
    private final Mailbox listeners;
    private final int mostUndelivered;
    private int failures;
    private @Nullable String closed;

    Exchange(PublishQueue publishQueue, Connector connector, Timers timers, Mailbox listeners, int mostUndelivered) {
        this.publishQueue = publishQueue;
        this.connector = connector;
        this.presences = new Presences(connector, timers);
        this.requests = new TopicRequests(feeds, connector, presences);
        this.listeners = listeners;
        this.mostUndelivered = mostUndelivered;
    }

    /** Adds a listener to a feed, which may be new. */
    void join(Feed feed, Listening one) {
        feed.join(one);
        if (closed != null) {
            feed.closed(closed);
        } else if (feeds.get(feed.topic()) != feed && !feed.isRefused()) {
            feeds.put(feed.topic(), feed);
            requests.missing(connector.first());
            requests.missing(connector.second());
        }
    }

    /** @param last whether the feed has no listener any more */
    void leave(Feed feed, Listening one, boolean last) {
        feed.leave(one);
        if (last) {
            remove(feed);
        }
    }

    private void remove(Feed feed) {
        if (feeds.remove(feed.topic(), feed)) {
            presences.forget(feed.topic());
            requests.release(connector.first(), feed.topic());
            requests.release(connector.second(), feed.topic());
        }
    }

    void publish(Publication publication, String id, CompletableFuture<Ack> future) {
        publishQueue.add(publication, id, future);
        if (closed != null) {
            publishQueue.failAll(new ClientClosedException(closed));
        }
    }

    @Override
    public void welcomed(Link link) {
        requests.missing(link);
        requests.checkReady(link);
    }

    @Override
    public void serves(Link link) {
        publishQueue.attach(link);
        presences.settle();
    }

    @Override
    public void unserved() {
        publishQueue.detach();
    }

    @Override
    public void closed(String reason) {
        closed = reason;
        feeds.values().forEach(feed -> feed.closed(reason));
        feeds.clear();
        publishQueue.failAll(new ClientClosedException(reason));
    }

    @Override
    public boolean pauses() {
        boolean pause = listeners.waiting() > mostUndelivered;
        if (pause) {
            // Runs after everything that waits now.
            listeners.post(() -> connector.after(Duration.ZERO, connector::readOn));
        }
        return pause;
    }

    @Override
    public void frame(Link link, ServerFrame frame) {
        switch (frame) {
            case ServerFrame.Delivery delivery -> message(link, delivery.message());
            case ServerFrame.Subscribed subscribed -> subscribed(link, subscribed);
            case ServerFrame.Unsubscribed unsubscribed -> link.answered(unsubscribed.topic());
            case ServerFrame.PresenceFrame presence -> presences.frame(link, presence);
            case ServerFrame.Acknowledged acknowledged -> {
                failures = 0;
                publishQueue.acknowledged(acknowledged.ack());
            }
            case ServerFrame.ErrorFrame error -> error(link, error);
            case ServerFrame.Welcome welcome -> LOG.log(Level.DEBUG, "a second welcome of {0}", welcome.node());
            case ServerFrame.Renewed renewed -> LOG.log(Level.DEBUG, "ignored on this connection: {0}", renewed);
            case ServerFrame.ServerShutdown shutdown ->
                LOG.log(Level.DEBUG, "ignored on this connection: {0}", shutdown);
            case ServerFrame.Other other -> LOG.log(Level.TRACE, "ignored: {0}", other.type());
        }
    }

    private void message(Link link, Message message) {
        Feed feed = feeds.get(message.topic());
        if (feed == null || !link.delivers(message.topic())) {
            return;
        }
        if (message.position().isEmpty()) {
            // A message without a position that comes on both connections cannot be recognized as the same. So only
            // those of the first connection count.
            if (link == connector.first()) {
                feed.pass(message);
            }
            return;
        }
        boolean alone = connector.second() == null;
        feed.accept(message, message.position().get(), alone);
        if (!alone && feed.remembered() > MOST_REMEMBERED) {
            connector.dropFirst("too many messages since the hand-over began");
        }
    }

    private void subscribed(Link link, ServerFrame.Subscribed subscribed) {
        Feed feed = feeds.get(subscribed.topic());
        Link.Answer answer = link.answered(subscribed.topic());
        if (feed == null || answer == Link.Answer.TO_AN_OLD_ASK) {
            return;
        }
        if (!subscribed.recovered()) {
            boolean isAnswer = answer == Link.Answer.TO_THE_LAST_ASK;
            lost(link, feed, subscribed.position(), isAnswer ? link.askedAfter(feed.topic()) : Optional.empty());
        } else if (answer == Link.Answer.TO_THE_LAST_ASK) {
            feed.beginAt(subscribed.position());
        } else {
            connector.distrust(link, "subscribed to " + subscribed.topic() + " twice");
        }
        requests.missing(connector.second());
        requests.checkReady(link);
        presences.settle();
    }

    /**
     * @param asked the position in the request that this answers; empty where the server reports a gap without a request
     */
    private void lost(Link link, Feed feed, String position, Optional<String> asked) {
        if (link == connector.first() && connector.second() != null) {
            // The second connection resumes after the last message, and shows more exactly whether anything is missing.
            connector.dropFirst("messages were lost at the old node");
            return;
        }
        if (feed.covers(position, asked)) {
            return;
        }
        feed.lose(position);
        if (link == connector.second()) {
            // Messages of the first connection from within the gap are reported as lost, so they must not come after
            // those of the second one.
            connector.dropFirst("messages were lost on the way to the new node");
        }
    }

    private void error(Link link, ServerFrame.ErrorFrame error) {
        Refusal refusal = error.refusal();
        String answers = error.answered();
        if (answers.equals("publish") && error.id().isPresent()) {
            publishFailed(error.id().get(), refusal);
        } else if (error.endsSubscription()) {
            revoked(link, error.topic().orElseThrow(), refusal);
        } else if (answers.endsWith("subscribe") && error.topic().isPresent()) {
            subscribeFailed(link, error.topic().get(), refusal);
        } else {
            LOG.log(Level.WARNING, "the server says {0}: {1}", error.code(), error.message());
        }
    }

    private void publishFailed(String id, Refusal refusal) {
        if (!refusal.isPassing() || (refusal.isUncertain() && !publishQueue.repeats(id))) {
            publishQueue.refused(id, new RefusedException(refusal));
        } else if (publishQueue.hold(id)) {
            connector.after(pause(refusal.code()), publishQueue::proceed);
        }
    }

    /** A subscribe or an unsubscribe has failed. After a failed unsubscribe there is nothing left to do. */
    private void subscribeFailed(Link link, String topic, Refusal refusal) {
        Feed feed = feeds.get(topic);
        if (link.answered(topic) != Link.Answer.TO_THE_LAST_ASK || feed == null) {
            return;
        }
        if (refusal.isPassing()) {
            link.postpone(topic);
            connector.after(pause(refusal.code()), () -> {
                if (link.postponed(topic)) {
                    link.forget(topic);
                    requests.missing(link);
                }
            });
        } else if (refusal.code().equals("invalid-frame") && feed.received().isPresent()) {
            beginAnew(link, feed);
        } else {
            link.forget(topic);
            remove(feed);
            feed.refuse(refusal);
        }
    }

    /** A new token does not allow what the old one allowed. */
    private void revoked(Link link, String topic, Refusal refusal) {
        Feed feed = feeds.get(topic);
        // Where the topic was requested again meanwhile, the answer to that request will say the same.
        if (feed != null && link.delivers(topic)) {
            link.forget(topic);
            remove(feed);
            feed.refuse(refusal);
        }
    }

    /** The fleet does not know the position, because it is from another fleet or an earlier time. That is a gap. */
    private void beginAnew(Link link, Feed feed) {
        if (link == connector.second()) {
            connector.dropFirst("the new node does not know where the old one is");
        }
        feed.forgetPosition();
        link.forget(feed.topic());
        requests.missing(link);
    }

    private Duration pause(String code) {
        Duration backoff = connector.backoff(failures++);
        return code.equals("rate-limited") ? backoff.plus(RATE_PAUSE) : backoff;
    }
}
