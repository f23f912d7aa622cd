package io.tidegate.embed;

import io.tidegate.testing.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's own WebSocket, with what came. */
final class JdkSocket implements WebSocket.Listener, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    JdkSocket(int port, String path) {
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + path), this)
                .join();
    }

    void send(String text) {
        socket.sendText(text, true).join();
    }

    String next() throws InterruptedException {
        String text = texts.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (text == null) {
            throw new AssertionError("nothing came in " + LIMIT);
        }
        return text;
    }

    int closeCode() {
        return Await.value("a close", LIMIT, closed);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence text, boolean last) {
        texts.add(text.toString());
        return WebSocket.Listener.super.onText(webSocket, text, last);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
        closed.complete(code);
        return WebSocket.Listener.super.onClose(webSocket, code, reason);
    }

    @Override
    public void close() {
        socket.abort();
        client.close();
    }
}
