package io.tidegate.mp;

import io.tidegate.helidon.Endpoint;
import io.tidegate.hub.Connection;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import jakarta.websocket.CloseReason;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.WebSocketEngine;
import org.glassfish.tyrus.spi.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Passes one connection's messages through the Jakarta WebSocket container. Whole, valid messages go in as frames, and
 * come out at an endpoint's {@code @OnMessage}, on the same thread. Nothing goes the other way: what Tyrus itself writes
 * (its half of a closing handshake) is dropped, because the connection's queue has written it.
 */
final class TyrusEndpoint implements Endpoint {
    /** The longest header of a client's frame. */
    static final int HEADER_MAX = 14;

    private static final String KEY = TyrusEndpoint.class.getName();
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final Connection connection;
    private WebSocketEngine.@Nullable UpgradeInfo upgrade;
    private org.glassfish.tyrus.spi.@Nullable Connection tyrus;
    private @Nullable Throwable failure;

    /** Whether the endpoint has got what went into Tyrus last. Tyrus does not say when it drops something. */
    private boolean cameOut;

    TyrusEndpoint(Connection connection) {
        this.connection = connection;
    }

    /** The endpoint of a session. */
    static TyrusEndpoint of(Session session) {
        return (TyrusEndpoint)
                Objects.requireNonNull(session.getUserProperties().get(KEY));
    }

    /**
     * Binds a session to its endpoint. In Jakarta WebSocket an object that a request passes to its session is called an
     * HTTP session; this server has no HTTP sessions.
     */
    public static final class Binding extends ServerEndpointConfig.Configurator {
        @Override
        public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
            config.getUserProperties().put(KEY, request.getHttpSession());
        }
    }

    void upgraded(WebSocketEngine.UpgradeInfo info) {
        upgrade = info;
    }

    /** Called by {@code @OnOpen}. */
    void began() {
        cameOut = true;
        connection.opened();
    }

    /** Called by {@code @OnMessage}. */
    void arrived(Message message) throws InterruptedException {
        cameOut = true;
        connection.receive(message);
    }

    /** Called by {@code @OnError}: a method of the endpoint has thrown this. */
    void failed(Throwable thrown) {
        failure = thrown;
    }

    @Override
    public void opened() {
        cameOut = false;
        tyrus = Objects.requireNonNull(upgrade).createConnection(new Discard(), reason -> {});
        upgrade = null;
        requireSuccess("open");
    }

    @Override
    public void receive(Message message) throws InterruptedException {
        cameOut = false;
        Objects.requireNonNull(tyrus).getReadHandler().handle(frame(message));
        if (failure instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        requireSuccess("receive");
    }

    @Override
    public void ended(int code) {
        if (tyrus != null) {
            tyrus.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), ""));
        }
    }

    private void requireSuccess(String what) {
        Throwable thrown = failure;
        if (thrown instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (thrown != null || !cameOut) {
            throw new IllegalStateException("the endpoint failed to " + what, thrown);
        }
    }

    /** One frame as a client sends it (RFC 6455, section 5.2). Its mask is zero, which leaves the payload unchanged. */
    private static ByteBuffer frame(Message message) {
        byte[] payload = message.payload();
        ByteBuffer frame = ByteBuffer.allocate(HEADER_MAX + payload.length);
        frame.put((byte) (FIN | (message.opcode() == Opcode.TEXT ? 1 : 2)));
        if (payload.length < LENGTH_16) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length < 1 << Short.SIZE) {
            frame.put((byte) (MASKED | LENGTH_16)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | LENGTH_64)).putLong(payload.length);
        }
        return frame.putInt(0).put(payload).flip();
    }

    private static final class Discard extends Writer {
        @Override
        public void write(ByteBuffer buffer, CompletionHandler<ByteBuffer> handler) {
            handler.completed(buffer);
        }

        @Override
        public void close() {}
    }
}
