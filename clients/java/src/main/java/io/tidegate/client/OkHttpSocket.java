package io.tidegate.client;

import java.io.EOFException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** A socket of OkHttp. Its reading thread waits until the next message is wanted, so that at most one message is held. */
final class OkHttpSocket extends WebSocketListener implements Socket {
    /** Stands for the end of TCP without a close frame (RFC 6455, section 7.1.5). */
    private static final int ABNORMAL = 1006;

    private static final int NORMAL = 1000;

    private final Events events;
    private final Semaphore wanted = new Semaphore(0);
    private volatile @Nullable WebSocket socket;
    private volatile boolean aborted;

    private OkHttpSocket(Events events) {
        this.events = events;
    }

    static Socket.Factory factory(OkHttpClient http) {
        return (url, token, handsOver, atMost, events) -> {
            Request.Builder request = new Request.Builder()
                    // OkHttp supports only HTTP schemes, and takes ws for http.
                    .url(url.toString())
                    .header(
                            "Sec-WebSocket-Protocol",
                            HttpSocket.SUBPROTOCOL + (handsOver ? ", " + HttpSocket.HAND_OVER : ""));
            token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
            var unused = within(http, atMost).newWebSocket(request.build(), new OkHttpSocket(events));
        };
    }

    /**
     * Shares the client's connections and threads. The timeout applies only to the handshake, because an open WebSocket
     * has none.
     */
    private static OkHttpClient within(OkHttpClient http, Duration atMost) {
        return http.newBuilder().callTimeout(atMost).build();
    }

    @Override
    public void send(String message) {
        if (!socket().send(message)) {
            events.ended(new End.Failed("cannot send: the connection is closing, or 16 MiB wait for it"));
        }
    }

    @Override
    public void read() {
        wanted.release();
    }

    @Override
    public void close(int code) {
        boolean ignored = socket().close(code, null);
        // Later messages are not used, but the answer to the close frame comes after them.
        letRead();
    }

    @Override
    public void abort() {
        socket().cancel();
        letRead();
    }

    private void letRead() {
        aborted = true;
        wanted.release();
    }

    @Override
    public void onOpen(WebSocket opened, Response response) {
        socket = opened;
        if (HttpSocket.SUBPROTOCOL.equals(response.header("Sec-WebSocket-Protocol"))) {
            events.opened(this);
        } else {
            opened.cancel();
            events.ended(End.Failed.withoutSubprotocol());
        }
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
        wanted.acquireUninterruptibly();
        if (aborted) {
            wanted.release();
        } else {
            events.text(text);
        }
    }

    @Override
    public void onMessage(WebSocket webSocket, ByteString bytes) {
        events.alive();
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
        boolean ignored = webSocket.close(NORMAL, null);
        events.ended(new End.Closed(code, reason));
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable failure, @Nullable Response response) {
        if (response != null && response.code() != 101) {
            events.ended(End.Refused.with(response.code(), Optional.ofNullable(response.header("Retry-After"))));
        } else if (failure instanceof EOFException) {
            events.ended(new End.Closed(ABNORMAL, ""));
        } else {
            events.ended(End.Failed.by(failure));
        }
    }

    private WebSocket socket() {
        WebSocket opened = socket;
        if (opened == null) {
            throw new IllegalStateException("not open yet");
        }
        return opened;
    }
}
