package io.tidegate.charts.cluster;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client without a subprotocol. After a {@code server-shutdown} and a close with 1012 it connects again at once; any
 * other end of a connection that it did not want is a drop, and counted.
 */
final class PlainClient implements Client {
    private static final Duration RETRY = Duration.ofMillis(250);

    private final HttpClient http;
    private final URI address;
    private final Tally tally;
    private final Semaphore ended = new Semaphore(0);
    private final Thread thread;
    private volatile @Nullable WebSocket socket;
    private volatile boolean leaving;

    PlainClient(HttpClient http, URI address, Tally tally) {
        this.http = http;
        this.address = address;
        this.tally = tally;
        this.thread = Thread.ofVirtual().start(this::live);
    }

    @Override
    public boolean connected() {
        return socket != null;
    }

    @Override
    public void send() {
        WebSocket open = socket;
        if (open != null && !open.isOutputClosed()) {
            String message = "{\"user\":\"trial\",\"message\":\"" + System.nanoTime() + "\"}";
            CompletableFuture<WebSocket> unused =
                    open.sendText(message, true).whenComplete((done, failure) -> count(failure));
        }
    }

    @Override
    public void close() {
        leaving = true;
        WebSocket open = socket;
        if (open != null) {
            CompletableFuture<WebSocket> unused =
                    open.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((done, failure) -> open.abort());
        }
        thread.interrupt();
    }

    /** A message that could not be sent ends with its connection, which is judged by how it ends. */
    private void count(@Nullable Throwable failure) {
        if (failure == null) {
            tally.sent.increment();
        }
    }

    private void live() {
        try {
            while (!leaving) {
                Connection connection = new Connection();
                try {
                    socket = http.newWebSocketBuilder()
                            .connectTimeout(Duration.ofSeconds(5))
                            .buildAsync(address, connection)
                            .get(6, TimeUnit.SECONDS);
                } catch (ExecutionException | TimeoutException e) {
                    tally.refused.increment();
                    Thread.sleep(RETRY);
                    continue;
                }
                ended.acquire();
                socket = null;
            }
        } catch (InterruptedException e) {
            socket = null;
        }
    }

    private final class Connection implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private boolean told;

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                told |= text.indexOf("\"server-shutdown\"") >= 0;
                tally.received.increment();
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end(told && code == 1012, "closed with " + code + " " + reason + (told ? "" : " and without a notice"));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end(false, error + (told ? " after the notice" : " without a notice"));
        }

        private void end(boolean inOrder, String how) {
            if (!leaving && inOrder) {
                tally.moved.increment();
            } else if (!leaving) {
                tally.drop(how);
            }
            ended.release();
        }
    }
}
