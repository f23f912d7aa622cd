package io.tidegate.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * How to connect.
 *
 * @param urls {@code ws://} or {@code wss://} addresses of the same fleet, each ending in {@code /chat}; tried in turn
 * @param backoff between attempts
 * @param bounds what may wait, and for how long
 * @param threads shared by as many clients as you like
 * @param states told of every change, in order, on the thread of the client's listeners
 */
public record Options(List<URI> urls, Backoff backoff, Bounds bounds, Threads threads, Consumer<StateChange> states) {

    /** @throws IllegalArgumentException where there is no URL, or one that no WebSocket can have */
    public Options {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("no url; allowed are one or more of ws:// or wss://");
        }
        urls.forEach(Options::require);
    }

    /** The defaults for these addresses; the {@code with} methods change them. */
    public static Options of(String... urls) {
        return new Options(
                List.of(urls).stream().map(URI::create).toList(),
                Backoff.DEFAULT,
                Bounds.DEFAULT,
                Threads.shared(),
                change -> {});
    }

    public Options withBackoff(Backoff backoff) {
        return new Options(urls, backoff, bounds, threads, states);
    }

    public Options withBounds(Bounds bounds) {
        return new Options(urls, backoff, bounds, threads, states);
    }

    public Options withThreads(Threads threads) {
        return new Options(urls, backoff, bounds, threads, states);
    }

    public Options withStates(Consumer<StateChange> states) {
        return new Options(urls, backoff, bounds, threads, states);
    }

    /**
     * Bounds of one client.
     *
     * @param unacknowledged publishes that may wait for their acknowledgement; the next {@code publish} blocks
     * @param undelivered messages that may wait for the listeners; above, the connection is not read
     * @param connect how long a handshake may take, {@code welcome} included
     */
    public record Bounds(int unacknowledged, int undelivered, Duration connect) {
        /** 64 publishes, which is what a server reads ahead; 1,000 messages; 10 s. */
        public static final Bounds DEFAULT = new Bounds(64, 1_000, Duration.ofSeconds(10));

        /** @throws IllegalArgumentException where one is not above 0 */
        public Bounds {
            if (unacknowledged < 1 || undelivered < 1 || connect.isNegative() || connect.isZero()) {
                throw new IllegalArgumentException("bounds of " + unacknowledged + " unacknowledged, " + undelivered
                        + " undelivered, " + connect + " to connect; allowed is more than 0 of each");
            }
        }
    }

    /**
     * What runs the clients. An idle client holds no thread.
     *
     * @param http opens the connections; its own thread reads from all of them
     * @param scheduler for the timers, whose tasks are short
     * @param listeners runs listeners and what depends on the futures of {@code publish}; these may block
     */
    public record Threads(HttpClient http, ScheduledExecutorService scheduler, Executor listeners) {

        /** One set for the whole process: daemon threads, and virtual threads for the listeners. */
        public static Threads shared() {
            return SharedThreads.INSTANCE;
        }
    }

    private static void require(URI url) {
        boolean webSocket = "ws".equalsIgnoreCase(url.getScheme()) || "wss".equalsIgnoreCase(url.getScheme());
        if (!webSocket || url.getHost() == null || url.getFragment() != null) {
            throw new IllegalArgumentException("url " + url + "; allowed is such as ws://host:8080/chat");
        }
        if (url.getQuery() != null && url.getQuery().matches("(.*&)?topic=.*")) {
            throw new IllegalArgumentException("url " + url + " names topics; use subscribe() instead");
        }
    }
}
