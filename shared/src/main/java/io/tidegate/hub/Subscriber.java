package io.tidegate.hub;

import io.tidegate.access.Rights;
import io.tidegate.metrics.Metrics.Recovery;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.ClientFrame.About;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.ErrorCode;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of a connection that its write loop owns: what waits for its socket, its subscriptions, and whether it closes.
 * For that loop's thread alone.
 *
 * <p>Requests of a client on one topic are answered in their order: while a {@code subscribe} has no answer, the client's
 * next frames on that topic wait behind it.
 *
 * <p>One class, although long: requests, deliveries and the end of a connection share the queue and the subscriptions,
 * which have one owner.
 */
final class Subscriber {
    private final Connection connection;
    private final Audiences audiences;
    private final ClientTopics clientTopics;
    private final OutboundQueue queue;
    private final Map<Topic, Subscription> subscriptions = HashMap.newHashMap(1);

    /** Frames that wait for the answer to a {@code subscribe} of their topic; null while none waits. */
    private @Nullable Map<Topic, ArrayDeque<ClientFrame>> behind;

    /** Subscriptions that want a page of history, in their order; null while there is none. */
    private @Nullable ArrayDeque<Subscription> wantPages;

    private boolean readingPage;

    /** The rate of history reads; null before the first page. */
    private @Nullable HistoryPace pace;

    private boolean rests;
    private boolean closing;

    Subscriber(Connection connection, Audiences audiences, ClientTopics clientTopics, OutboundQueue queue) {
        this.connection = connection;
        this.clientTopics = clientTopics;
        this.audiences = audiences;
        this.queue = queue;
    }

    OutboundQueue queue() {
        return queue;
    }

    Connection connection() {
        return connection;
    }

    Wire wire() {
        return connection.wire();
    }

    int queueLimit() {
        return connection.limits().queue();
    }

    boolean closing() {
        return closing;
    }

    void recovery(Recovery outcome) {
        connection.metrics().recoveries(outcome).increment();
    }

    /** Takes a frame in its order with the other frames on its topic. */
    void ask(Topic topic, ClientFrame frame) {
        Subscription present = subscriptions.get(topic);
        if (closing) {
            drop(topic, frame);
        } else if (present == null || present.begun()) {
            perform(topic, frame, present);
        } else {
            behind().computeIfAbsent(topic, key -> new ArrayDeque<>()).add(frame);
        }
    }

    private Map<Topic, ArrayDeque<ClientFrame>> behind() {
        Map<Topic, ArrayDeque<ClientFrame>> map = behind;
        if (map == null) {
            map = new HashMap<>();
            behind = map;
        }
        return map;
    }

    private void perform(Topic topic, ClientFrame frame, @Nullable Subscription present) {
        switch (frame) {
            case ClientFrame.Subscribe subscribe -> {
                connection.giveTurn();
                subscribe(subscribe, present);
            }
            case ClientFrame.Unsubscribe unsubscribe -> {
                unsubscribe(topic, present);
                connection.answered(true);
            }
            case ClientFrame.Publish publish -> {
                // The frame's turn ends with the relay's answer.
                connection.publish(topic, publish);
                connection.answered(false);
            }
            case ClientFrame.Invalid invalid -> throw new IllegalArgumentException("nothing is asked");
            case ClientFrame.Ping ping -> throw new IllegalArgumentException("a ping has no topic");
            case ClientFrame.Token token -> throw new IllegalArgumentException("a token has no topic");
        }
    }

    /** Subscribes to a topic of the handshake. */
    void begin(Topic topic) {
        subscribe(new ClientFrame.Subscribe(topic), null);
    }

    private void forbidden(About about) {
        error(ErrorCode.FORBIDDEN, "subscribing to this topic is not allowed", about);
    }

    private boolean mayShow(ClientFrame.Subscribe asked) {
        return !asked.presence() || connection.identity().rights().maySeePresence(asked.topic());
    }

    /** Subscribes, or restarts an existing subscription. */
    private void subscribe(ClientFrame.Subscribe asked, @Nullable Subscription present) {
        Topic topic = asked.topic();
        if (connection.identity().rights().maySubscribe(topic) && !mayShow(asked)) {
            error(ErrorCode.FORBIDDEN, "seeing who is in this topic is not allowed", About.subscribe(topic));
            connection.answered(false);
            return;
        }
        if (!connection.identity().rights().maySubscribe(topic)) {
            forbidden(About.subscribe(topic));
            connection.answered(false);
            return;
        }
        if (present == null && subscriptions.size() >= connection.limits().topics()) {
            error(
                    ErrorCode.TOO_MANY_TOPICS,
                    "allowed are " + connection.limits().topics() + " subscriptions of a connection",
                    About.subscribe(topic));
            connection.answered(false);
            return;
        }
        if (present == null && !clientTopics.enter(connection.client(), topic)) {
            refuseTopicOfClient(topic);
            return;
        }
        Subscription subscription = new Subscription(this, asked);
        subscriptions.put(topic, subscription);
        connection.debug(() -> "subscribes to " + topic.name());
        audiences.add(subscription, present);
    }

    private void refuseTopicOfClient(Topic topic) {
        error(
                ErrorCode.TOO_MANY_TOPICS,
                "allowed are " + clientTopics.most() + " topics over all connections of a user or an address",
                About.subscribe(topic));
        if (wire().resumes()) {
            connection.answered(false);
        } else {
            // Such a client has only this topic, and cannot ask for another.
            connection.subscribed();
            close(CloseCode.POLICY, ErrorCode.TOO_MANY_TOPICS.wire());
        }
    }

    private void unsubscribe(Topic topic, @Nullable Subscription present) {
        if (present == null) {
            error(
                    ErrorCode.INVALID_TOPIC,
                    "\"topic\" is not subscribed; allowed is one that is",
                    About.unsubscribe(topic));
            return;
        }
        subscriptions.remove(topic);
        connection.debug(() -> "unsubscribes from " + topic.name());
        clientTopics.leave(connection.client(), topic);
        send(FrameBatch.of(new ServerFrame.Unsubscribed(topic, audiences.remove(present))));
    }

    /** Ends the subscriptions that these rights do not allow. */
    void restrict(Rights rights) {
        for (Topic topic : List.copyOf(subscriptions.keySet())) {
            boolean shown = audiences.isShown(topic, subscriptions.get(topic));
            if (!rights.maySubscribe(topic) || (shown && !rights.maySeePresence(topic))) {
                expel(topic);
            }
        }
    }

    /** Ends the subscription to a topic, if there is one. */
    void expel(Topic topic) {
        Subscription present = subscriptions.remove(topic);
        if (present != null) {
            audiences.remove(present);
            clientTopics.leave(connection.client(), topic);
            boolean begun = present.begun();
            forbidden(begun ? About.topic(topic) : About.subscribe(topic));
            if (!begun) {
                begun(present);
            }
        }
    }

    Roster.Entry describe() {
        List<String> topics =
                subscriptions.keySet().stream().map(Topic::name).sorted().toList();
        return new Roster.Entry(connection.name(), topics, connection.since(), queue.bytes());
    }

    /** A {@code subscribe} is answered. The frames that wait behind it follow. */
    void begun(Subscription subscription) {
        Topic topic = subscription.topic();
        connection.answered(false);
        ArrayDeque<ClientFrame> frames = behind == null ? null : behind.remove(topic);
        while (frames != null && !frames.isEmpty()) {
            ask(topic, frames.remove());
            Subscription present = subscriptions.get(topic);
            if (present != null && !present.begun() && !frames.isEmpty()) {
                behind().put(topic, frames);
                return;
            }
        }
    }

    /** Reads what a subscription needs. Pages are read one at a time, and only while the queue has room. */
    void read(Subscription subscription, Readings readings) {
        if (!subscription.needsPage()) {
            readings.add(subscription);
            return;
        }
        if (wantPages == null) {
            wantPages = new ArrayDeque<>();
        }
        wantPages.add(subscription);
        readNextPage(readings);
    }

    /**
     * A page has been read, or is not wanted any more.
     *
     * @param bytes the bytes of its frames
     */
    void pageRead(int bytes, Readings readings) {
        readingPage = false;
        if (bytes > 0) {
            pace(readings).read(bytes, readings.nanoTime());
        }
        readNextPage(readings);
    }

    /** The subscriber may read history again if its rate allows it. */
    void rested(Readings readings) {
        rests = false;
        readNextPage(readings);
    }

    private HistoryPace pace(Readings readings) {
        HistoryPace present = pace;
        if (present == null) {
            present = new HistoryPace(connection.limits().history(), readings.nanoTime());
            pace = present;
        }
        return present;
    }

    private void readNextPage(Readings readings) {
        while (!readingPage && !closing && wantPages != null) {
            if (!queue.hasRoom()) {
                queue.whenRoom(() -> readNextPage(readings));
                return;
            }
            if (pace != null && !pace.mayRead(readings.nanoTime())) {
                if (!rests) {
                    rests = true;
                    readings.rest(this);
                }
                return;
            }
            Subscription next = wantPages.poll();
            if (next == null) {
                wantPages = null;
            } else if (next.wantsToRead()) {
                readingPage = true;
                readings.add(next);
            }
        }
    }

    void send(FrameBatch frames) {
        if (queue.offer(frames) == OutboundQueue.Offer.FULL) {
            tooSlow();
        }
    }

    void pong(FrameBatch frames) {
        if (queue.offerPong(frames) == OutboundQueue.Offer.FULL) {
            tooSlow();
        }
    }

    private void error(ErrorCode code, String message, About about) {
        connection.metrics().errorFrames(code.wire()).increment();
        send(FrameBatch.of(new ServerFrame.ErrorFrame(code, message, about)));
    }

    /** A batch did not fit into the queue. */
    void tooSlow() {
        overload("slow consumer: more than " + queueLimit() + " bytes unread");
    }

    /** For too long the peer has read nothing. */
    void stalled() {
        overload("slow consumer: the client reads nothing");
    }

    private void overload(String reason) {
        if (!closing) {
            connection.metrics().slowConsumers().increment();
            connection.tooSlow();
            close(CloseCode.OVERLOAD, reason);
        }
    }

    void close(CloseCode code, String reason) {
        close(code.code(), reason, FrameBatch.close(code.code(), reason), code == CloseCode.OVERLOAD);
    }

    /** Begins the closing handshake, once. */
    void close(int code, String reason, FrameBatch frame, boolean discard) {
        if (closing) {
            return;
        }
        closing = true;
        connection.closing(code, reason);
        queue.end(frame, discard);
        dropWhatWaits();
    }

    /** This server has a defect. The peer is told, where that is still possible. */
    void fail() {
        if (closing) {
            queue.fail();
        } else {
            close(CloseCode.INTERNAL, CloseCode.INTERNAL.reason());
        }
    }

    /** TCP is gone. */
    void end() {
        closing = true;
        subscriptions.forEach((topic, subscription) -> {
            audiences.remove(subscription);
            clientTopics.leave(connection.client(), topic);
        });
        subscriptions.clear();
        queue.discard();
        dropWhatWaits();
    }

    /** Drops the frames that wait, because the reading thread may wait for their credits. */
    private void dropWhatWaits() {
        Map<Topic, ArrayDeque<ClientFrame>> map = behind;
        behind = null;
        wantPages = null;
        if (map != null) {
            map.forEach((topic, frames) -> frames.forEach(frame -> drop(topic, frame)));
        }
    }

    /**
     * Publishes that the client sent before it saw our close frame still go to the relay. None of these frames is
     * answered.
     */
    private void drop(Topic topic, ClientFrame frame) {
        if (frame instanceof ClientFrame.Publish publish) {
            connection.publish(topic, publish);
            connection.answered(false);
        } else {
            connection.answered(true);
        }
    }
}
