package io.tidegate.client;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** One connection: the requests that were sent on it, and their answers. In the client's mailbox only. */
final class Link {
    private static final int NORMAL = 1000;

    private final Map<String, Asked> asked = new HashMap<>();
    private final Timers timers;
    private final URI url;
    private @Nullable String token;
    private @Nullable Socket socket;
    private double messageLimit;
    private Pace pace;
    private @Nullable String node;
    private Optional<String> user = Optional.empty();

    /** When something last came, and how long nothing may come. */
    long heardAt;

    long silenceNanos;
    boolean welcomed;
    /** Whether the server has said when the connection's token ends. */
    boolean tokenEnds;
    /** Whether all topics have been delivered at the same time, at least once. */
    boolean live;
    /** Whether the socket waits for {@link #read}, because listeners are behind. */
    boolean paused;
    /** The moment, on the timers' scale, at which the node wants the client to leave. */
    @Nullable
    Long leaveAt;

    /** Whether that moment has come. */
    boolean leaving;

    /** Whether it is opened while another connection serves, with time for more tries: then a node can refuse it without harm. */
    boolean handsOver;

    /** Checks whether anything has come. */
    Timers.@Nullable Timer watch;

    private static final class Asked {
        /** Subscribes and unsubscribes without an answer. The server answers in order. */
        private int unanswered;

        /** Whether the last request was a subscribe. */
        private boolean subscribe;

        private Optional<String> after = Optional.empty();

        /** Whether the server could not subscribe for the moment, so that the request will be sent again. */
        private boolean postponed;
    }

    Link(URI url, Optional<String> token, Timers timers, Duration connect) {
        this.url = url;
        this.token = token.orElse(null);
        this.timers = timers;
        heardAt = timers.nanoTime();
        silenceNanos = connect.toNanos();
        pace = Pace.of(0, heardAt);
    }

    URI url() {
        return url;
    }

    /** The address without parts that may be secret. */
    String address() {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + url.getPath();
    }

    Optional<String> token() {
        return Optional.ofNullable(token);
    }

    /** Whether the connection was opened or renewed with this token. */
    boolean hasToken(String other) {
        return other.equals(token);
    }

    /** Sends another token, which replaces the present one. */
    void renew(String other) {
        token = other;
        send(Json.token(other));
    }

    void opened(Socket opened) {
        socket = opened;
        opened.read();
    }

    void welcome(ServerFrame.Welcome welcome) {
        welcomed = true;
        silenceNanos = 2 * welcome.heartbeatMs() * 1_000_000;
        messageLimit = welcome.limits().message();
        pace = Pace.of(welcome.limits().rate(), timers.nanoTime());
        node = welcome.node();
        user = welcome.user();
    }

    /** The user of the token with which the connection was opened. */
    Optional<String> user() {
        return user;
    }

    /** The server's name; null before its welcome. */
    @Nullable
    String node() {
        return node;
    }

    /** The largest message that the node takes, in bytes. */
    double messageLimit() {
        return messageLimit;
    }

    /** How long publishes must wait to stay within the node's rate limit; 0 where they need not wait. */
    long paceNanos() {
        return pace.waitNanos(timers.nanoTime());
    }

    /** Sends a frame. Each frame counts for the rate. */
    void send(String text) {
        if (socket != null) {
            pace.spend(timers.nanoTime());
            socket.send(text);
        }
    }

    void read() {
        paused = false;
        if (socket != null) {
            socket.read();
        }
    }

    /** Sends close frame 1000. What still comes must be read until the server has answered. */
    void close() {
        unwatch();
        if (socket != null) {
            socket.close(NORMAL);
        }
        if (paused) {
            read();
        }
    }

    void abort() {
        unwatch();
        if (socket != null) {
            socket.abort();
        }
    }

    void unwatch() {
        if (watch != null) {
            watch.cancel();
        }
    }

    void subscribe(String topic, Optional<String> after, OptionalInt last, boolean presence) {
        ask(topic, true).after = after;
        send(Json.subscribe(topic, after, last, presence));
    }

    void unsubscribe(String topic) {
        if (wants(topic)) {
            ask(topic, false);
            send(Json.unsubscribe(topic));
        }
    }

    private Asked ask(String topic, boolean subscribe) {
        Asked ask = asked.computeIfAbsent(topic, unknown -> new Asked());
        ask.unanswered++;
        ask.subscribe = subscribe;
        ask.postponed = false;
        return ask;
    }

    /** The position after which the topic was last requested. */
    Optional<String> askedAfter(String topic) {
        Asked ask = asked.get(topic);
        return ask == null ? Optional.empty() : ask.after;
    }

    /** Whether the topic was requested on this connection, with or without an answer. */
    boolean wants(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.subscribe;
    }

    /** Whether messages of the topic belong to the last request. */
    boolean delivers(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.subscribe && ask.unanswered == 0 && !ask.postponed;
    }

    /** Whether presence frames of the topic belong to the last request. The list comes before the answer. */
    boolean lists(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.subscribe && ask.unanswered <= 1 && !ask.postponed;
    }

    /** The server has answered. Returns which request the answer belongs to. */
    Answer answered(String topic) {
        Asked ask = asked.get(topic);
        if (ask == null || ask.unanswered == 0) {
            return Answer.TO_NOTHING;
        }
        ask.unanswered--;
        if (ask.unanswered > 0) {
            return Answer.TO_AN_OLD_ASK;
        }
        if (!ask.subscribe) {
            asked.remove(topic);
            return Answer.TO_AN_OLD_ASK;
        }
        return Answer.TO_THE_LAST_ASK;
    }

    /** The topic's subscribe failed and will be sent again. Until then no other subscribe is needed. */
    void postpone(String topic) {
        Asked ask = asked.get(topic);
        if (ask != null) {
            ask.postponed = true;
        }
    }

    boolean postponed(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.postponed;
    }

    /** The topic's subscribe was refused, or its subscription has ended. */
    void forget(String topic) {
        asked.remove(topic);
    }

    enum Answer {
        TO_THE_LAST_ASK,
        TO_AN_OLD_ASK,
        TO_NOTHING
    }
}
