package io.tidegate.client;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** One connection: what was asked on it, and what it has answered. In the client's mailbox only. */
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

    /** When something came last, and how long nothing may come. */
    long heardAt;

    long silenceNanos;
    boolean welcomed;
    /** The server has said when its token ends. */
    boolean tokenEnds;
    /** Every topic was delivered at the same time, once. */
    boolean live;
    /** The socket waits for {@link #read}, since listeners are behind. */
    boolean paused;
    /** The moment, on the timers' scale, that the node has given to go elsewhere. */
    @Nullable
    Long leaveAt;

    /** The moment has come. */
    boolean leaving;

    /** Looks whether anything came. */
    Timers.@Nullable Timer watch;

    private static final class Asked {
        /** Subscribes and unsubscribes that the server has not answered; it answers in order. */
        private int unanswered;

        /** What the last one was. */
        private boolean subscribe;

        private Optional<String> after = Optional.empty();

        /** The server could not for the moment, and will be asked again. */
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

    /** Where it leads, without what may be secret. */
    String address() {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + url.getPath();
    }

    Optional<String> token() {
        return Optional.ofNullable(token);
    }

    /** Whether it came with this token, or was renewed by it. */
    boolean hasToken(String other) {
        return other.equals(token);
    }

    /** From now on the other token is to count. */
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

    /** Whose the token was that it came with. */
    Optional<String> user() {
        return user;
    }

    /** What the server calls itself; null before its welcome. */
    @Nullable
    String node() {
        return node;
    }

    /** Bytes of the largest message that the node takes. */
    double messageLimit() {
        return messageLimit;
    }

    /** For how long publishes are to wait, lest the node's limit of its rate is exceeded; 0 where they need not. */
    long paceNanos() {
        return pace.waitNanos(timers.nanoTime());
    }

    /** Each frame counts for the rate. */
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

    /** Close frame 1000; what still comes must be read until the server has answered. */
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

    /** The position behind which the topic was asked for last. */
    Optional<String> askedAfter(String topic) {
        Asked ask = asked.get(topic);
        return ask == null ? Optional.empty() : ask.after;
    }

    /** Whether the topic was asked for on this connection, answered or not. */
    boolean wants(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.subscribe;
    }

    /** Whether what comes of the topic belongs to what was asked last. */
    boolean delivers(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.subscribe && ask.unanswered == 0 && !ask.postponed;
    }

    /** Whether what is said of the topic's presence belongs to what was asked last: the list comes before the answer. */
    boolean lists(String topic) {
        Asked ask = asked.get(topic);
        return ask != null && ask.subscribe && ask.unanswered <= 1 && !ask.postponed;
    }

    /** The server has answered; returns what that was to. */
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

    /** The topic's subscribe failed and is to be asked anew; until then nobody else needs to. */
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

    /** The topic's subscribe was refused, or what it began has ended. */
    void forget(String topic) {
        asked.remove(topic);
    }

    enum Answer {
        TO_THE_LAST_ASK,
        TO_AN_OLD_ASK,
        TO_NOTHING
    }
}
