package io.tidegate.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A socket of {@code java.net.http}, which sends one message at a time: the next one is sent when the one before has been
 * written.
 */
final class HttpSocket implements Socket, WebSocket.Listener {
    static final String SUBPROTOCOL = "tidegate.v1";
    /** Says that a refusal does no harm; never confirmed. */
    static final String HAND_OVER = "tidegate.handover";

    private final Events events;
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;
    /**
     * Completes with the last message that was sent. Used only by {@link #send} and {@link #close}, which one thread
     * calls.
     */
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

    private HttpSocket(Events events) {
        this.events = events;
    }

    static Socket.Factory factory(HttpClient http) {
        return (url, token, handsOver, atMost, events) -> open(builder(http, token, handsOver, atMost), url, events);
    }

    private static WebSocket.Builder builder(
            HttpClient http, Optional<String> token, boolean handsOver, Duration atMost) {
        WebSocket.Builder builder = http.newWebSocketBuilder()
                .subprotocols(SUBPROTOCOL, handsOver ? new String[] {HAND_OVER} : new String[0])
                .connectTimeout(atMost);
        token.ifPresent(text -> builder.header("Authorization", "Bearer " + text));
        return builder;
    }

    private static void open(WebSocket.Builder builder, URI url, Events events) {
        var unused = builder.buildAsync(url, new HttpSocket(events)).whenComplete((socket, failure) -> {
            if (failure != null) {
                events.ended(endOf(failure));
            }
        });
    }

    @Override
    public void send(String message) {
        sent = sent.thenCompose(previous -> socket().sendText(message, true)).whenComplete(this::checkSent);
    }

    @Override
    public void read() {
        socket().request(1);
    }

    @Override
    public void close(int code) {
        sent = sent.thenCompose(previous -> socket().sendClose(code, "")).whenComplete(this::checkSent);
    }

    @Override
    public void abort() {
        socket().abort();
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        if (opened.getSubprotocol().equals(SUBPROTOCOL)) {
            events.opened(this);
        } else {
            opened.abort();
            events.ended(End.Failed.withoutSubprotocol());
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
        if (last && text.isEmpty()) {
            events.text(part.toString());
            return null;
        }
        text.append(part);
        if (last) {
            events.text(text.toString());
            text.setLength(0);
            text.trimToSize();
        } else {
            events.alive();
            webSocket.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer part, boolean last) {
        return alive(webSocket);
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer payload) {
        return alive(webSocket);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer payload) {
        return alive(webSocket);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
        events.ended(new End.Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable failure) {
        events.ended(endOf(failure));
    }

    private @Nullable CompletionStage<?> alive(WebSocket webSocket) {
        events.alive();
        webSocket.request(1);
        return null;
    }

    /** A failed send ends the connection: all later sends fail too. */
    private void checkSent(@Nullable Object done, @Nullable Throwable failure) {
        if (failure != null) {
            events.ended(endOf(failure));
        }
    }

    private WebSocket socket() {
        WebSocket opened = socket;
        if (opened == null) {
            throw new IllegalStateException("not open yet");
        }
        return opened;
    }

    private static End endOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WebSocketHandshakeException handshake && handshake.getResponse() != null) {
            HttpResponse<?> response = handshake.getResponse();
            return End.Refused.with(response.statusCode(), response.headers().firstValue("Retry-After"));
        }
        return End.Failed.by(cause);
    }
}
