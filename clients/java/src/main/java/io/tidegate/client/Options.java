package io.tidegate.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How to connect.
 *
 * @param urls {@code ws://} or {@code wss://} addresses of the same fleet, each ending in {@code /chat}; tried in turn
 * @param backoff between attempts
 * @param bounds how much may wait, and for how long
 * @param threads may be shared by any number of clients
 * @param hooks the application's callbacks
 */
public record Options(List<URI> urls, Backoff backoff, Bounds bounds, Threads threads, Hooks hooks) {

    /**
     * @throws IllegalArgumentException where an argument is null, there is no URL, or a URL is not valid for a WebSocket
     */
    public Options {
        Arguments.given("urls", urls).forEach(Options::require);
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("no url; allowed are one or more of ws:// or wss://");
        }
        Arguments.given("backoff", backoff);
        Arguments.given("bounds", bounds);
        Arguments.given("threads", threads);
        Arguments.given("hooks", hooks);
    }

    /** The defaults for these addresses; the {@code with} methods change them. */
    public static Options of(String... urls) {
        return new Options(
                Stream.of(Arguments.given("urls", urls)).map(Options::url).toList(),
                Backoff.DEFAULT,
                Bounds.DEFAULT,
                Threads.shared(),
                Hooks.NONE);
    }

    public Options withBackoff(Backoff backoff) {
        return new Options(urls, backoff, bounds, threads, hooks);
    }

    public Options withBounds(Bounds bounds) {
        return new Options(urls, backoff, bounds, threads, hooks);
    }

    public Options withThreads(Threads threads) {
        return new Options(urls, backoff, bounds, threads, hooks);
    }

    /** See {@link Hooks#states()}. */
    public Options withStates(Consumer<StateChange> states) {
        return withHooks(new Hooks(states, hooks.failures(), hooks.traces(), hooks.token(), hooks.tokenFailures()));
    }

    /** See {@link Hooks#failures()}. */
    public Options withFailures(Consumer<ListenerFailure> failures) {
        return withHooks(new Hooks(hooks.states(), failures, hooks.traces(), hooks.token(), hooks.tokenFailures()));
    }

    /** See {@link Hooks#traces()}. */
    public Options withTraces(Consumer<Trace> traces) {
        Optional<Consumer<Trace>> some = Optional.of(Arguments.given("traces", traces));
        return withHooks(new Hooks(hooks.states(), hooks.failures(), some, hooks.token(), hooks.tokenFailures()));
    }

    /** Like {@link #withAsyncToken}, with a call that may block, such as a call to a login service. */
    public Options withToken(Callable<String> token) {
        Arguments.given("token", token);
        return withAsyncToken(() -> {
            try {
                return CompletableFuture.completedFuture(token.call());
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    /** See {@link Hooks#token()}. */
    public Options withAsyncToken(Supplier<? extends CompletionStage<String>> token) {
        Optional<Supplier<? extends CompletionStage<String>>> some = Optional.of(Arguments.given("token", token));
        return withHooks(new Hooks(hooks.states(), hooks.failures(), hooks.traces(), some, hooks.tokenFailures()));
    }

    /** See {@link Hooks#tokenFailures()}. */
    public Options withTokenFailures(Consumer<Throwable> tokenFailures) {
        return withHooks(new Hooks(hooks.states(), hooks.failures(), hooks.traces(), hooks.token(), tokenFailures));
    }

    private Options withHooks(Hooks changed) {
        return new Options(urls, backoff, bounds, threads, changed);
    }

    /**
     * Limits of one client.
     *
     * @param unacknowledged publishes that may wait for their acknowledgement; the next {@code publish} blocks
     * @param undelivered messages that may wait for the listeners; while more wait, the connection is not read
     * @param connect how long a handshake may take, {@code welcome} included
     */
    public record Bounds(int unacknowledged, int undelivered, Duration connect) {
        /** 63 publishes, because a server stops reading at 64; 1,000 messages; 10 s. */
        public static final Bounds DEFAULT = new Bounds(63, 1_000, Duration.ofSeconds(10));

        /** @throws IllegalArgumentException where a value is not above 0 */
        public Bounds {
            if (unacknowledged < 1 || undelivered < 1) {
                throw new IllegalArgumentException("bounds of " + unacknowledged + " unacknowledged, " + undelivered
                        + " undelivered; allowed is more than 0 of each");
            }
            Arguments.positive("connect", connect);
        }
    }

    /**
     * The threads of the clients. An idle client holds no thread.
     *
     * @param http opens the connections; its own thread reads from all of them
     * @param scheduler for the timers, whose tasks are short
     * @param listeners runs listeners and dependents of the futures of {@code publish}; these may block
     */
    public record Threads(HttpClient http, ScheduledExecutorService scheduler, Executor listeners) {

        /** @throws IllegalArgumentException where an argument is null */
        public Threads {
            Arguments.given("http", http);
            Arguments.given("scheduler", scheduler);
            Arguments.given("listeners", listeners);
        }

        /** One set for the whole process: daemon threads, and virtual threads for the listeners. */
        public static Threads shared() {
            return SharedThreads.INSTANCE;
        }
    }

    /**
     * The application's callbacks.
     *
     * @param states gets every change of the client's state, in order, on the listeners' thread
     * @param failures gets what a listener throws, which is also logged; on the listeners' thread
     * @param traces gets everything that happens on connections, for debugging. It is called on any thread, so it must
     *     not block. Traces contain what is published
     * @param token gives a token of the client's user, for a server that asks for one. It is called before a connection
     *     is opened if there is no token that lasts, and before the present token ends. It runs on a thread of {@link
     *     Threads#listeners()}. Where it fails, or does not answer within a minute, it is called again after a backoff.
     *     All tokens of one client must be for the same user
     * @param tokenFailures gets the reason why there is no new token: what {@code token} throws, or a {@link
     *     RefusedException} where the server does not accept the token; on the listeners' thread. The first failure in a
     *     row is also logged
     */
    public record Hooks(
            Consumer<StateChange> states,
            Consumer<ListenerFailure> failures,
            Optional<Consumer<Trace>> traces,
            Optional<Supplier<? extends CompletionStage<String>>> token,
            Consumer<Throwable> tokenFailures) {
        /** No callbacks. */
        public static final Hooks NONE =
                new Hooks(change -> {}, failure -> {}, Optional.empty(), Optional.empty(), failure -> {});

        /** @throws IllegalArgumentException where an argument is null */
        public Hooks {
            Arguments.given("states", states);
            Arguments.given("failures", failures);
            Arguments.given("traces", traces);
            Arguments.given("token", token);
            Arguments.given("tokenFailures", tokenFailures);
        }
    }

    private static URI url(@Nullable String text) {
        try {
            return URI.create(Arguments.given("url", text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("url " + text + "; allowed is a URL such as ws://host:8080/chat", e);
        }
    }

    private static void require(URI url) {
        String scheme = Arguments.given("url", url).getScheme();
        if (url.getQuery() != null && url.getQuery().matches("(.*&)?access_token=.*")) {
            throw new IllegalArgumentException(
                    "url of " + url.getHost() + " contains a token; use withToken() instead");
        }
        boolean webSocket = "ws".equalsIgnoreCase(scheme) || "wss".equalsIgnoreCase(scheme);
        if (!webSocket || url.getHost() == null || url.getFragment() != null) {
            throw new IllegalArgumentException("url " + url + "; allowed is a URL such as ws://host:8080/chat");
        }
        if (url.getQuery() != null && url.getQuery().matches("(.*&)?topic=.*")) {
            throw new IllegalArgumentException("url " + url + " contains topics; use subscribe() instead");
        }
    }
}
