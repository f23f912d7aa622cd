package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.check.Journal;
import io.tidegate.rehearsal.check.Payload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Listeners on the plain wire, which miss what happens while they are away: each connection is an observer of its own. */
final class PlainCrowd implements Crowd {
    private static final Pattern MESSAGE = Pattern.compile("\"message\":(\"[^\"]*\")");

    private final Load load;
    private final Journal journal;
    private final String url;
    private final HttpClient http;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger live = new AtomicInteger();
    private final Timeline reconnects = new Timeline();
    private volatile boolean closed;

    PlainCrowd(Load load, Journal journal, String url, HttpClient http) {
        this.load = load;
        this.journal = journal;
        this.url = url;
        this.http = http;
        for (int i = 0; i < load.plainClients(); i++) {
            connect(i, 0);
        }
    }

    private void connect(int index, int connection) {
        if (closed) {
            return;
        }
        String topic = load.topic(index, 0);
        var unused = http.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .buildAsync(URI.create(url + "?topic=" + topic), new Listener(index, connection, topic))
                .whenComplete((socket, failure) -> {
                    if (failure != null) {
                        again(index, connection);
                    }
                });
    }

    private void again(int index, int connection) {
        if (!closed) {
            var unused = scheduler.schedule(
                    () -> connect(index, connection + 1),
                    ThreadLocalRandom.current().nextLong(200, 2_000),
                    TimeUnit.MILLISECONDS);
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final int index;
        private final int connection;
        private final Journal.Observer observer;
        private final StringBuilder text = new StringBuilder();
        private boolean ended;

        Listener(int index, int connection, String topic) {
            this.index = index;
            this.connection = connection;
            this.observer = journal.observe("plain-" + index + "/" + connection, topic, false);
        }

        @Override
        public void onOpen(WebSocket socket) {
            live.incrementAndGet();
            if (connection > 0) {
                reconnects.count();
            }
            socket.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                Matcher message = MESSAGE.matcher(text);
                if (message.find()) {
                    Payload.of(message.group(1)).ifPresent(observer::received);
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            end();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            socket.abort();
            end();
        }

        private void end() {
            if (!ended) {
                ended = true;
                live.decrementAndGet();
                again(index, connection);
            }
        }
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int live() {
        return live.get();
    }

    @Override
    public int size() {
        return load.plainClients();
    }

    @Override
    public void publish() {}

    @Override
    public void stop() {}

    @Override
    public int pending() {
        return 0;
    }

    @Override
    public Timeline reconnects() {
        return reconnects;
    }

    @Override
    public String complaints() {
        return "";
    }

    @Override
    public void close() {
        closed = true;
        scheduler.shutdownNow();
        http.shutdownNow();
    }
}
