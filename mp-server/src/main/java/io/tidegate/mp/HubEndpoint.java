package io.tidegate.mp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import java.lang.System.Logger.Level;

/**
 * The common part of both endpoints. They pass everything to the hub's connection, which is bound to each session.
 * Public, because the container looks for its methods from outside.
 */
public abstract class HubEndpoint {
    private static final System.Logger LOG = System.getLogger(HubEndpoint.class.getName());

    /** Frames may follow the handshake's answer from now on. */
    @OnOpen
    public void opened(Session session) {
        TyrusEndpoint.of(session).began();
    }

    /** Blocks while too many publishes of this connection are under way, so that the connection is not read meanwhile. */
    @OnMessage
    public void text(Session session, String text) throws InterruptedException {
        receive(session, new Message(Opcode.TEXT, text.getBytes(UTF_8)));
    }

    /** The same for a binary message. */
    @OnMessage
    public void binary(Session session, byte[] bytes) throws InterruptedException {
        receive(session, new Message(Opcode.BINARY, bytes));
    }

    /** Only logs: the connection has got the close frame already, or ends with its reading. */
    @OnClose
    public void closed(Session session, CloseReason reason) {
        LOG.log(
                Level.DEBUG,
                () -> "Session " + session.getId() + " of " + session.getUserPrincipal() + " ended with "
                        + reason.getCloseCode().getCode());
    }

    /** One of the methods above has failed. */
    @OnError
    public void failed(Session session, Throwable failure) {
        TyrusEndpoint.of(session).failed(failure);
    }

    private static void receive(Session session, Message message) throws InterruptedException {
        TyrusEndpoint.of(session).arrived(message);
    }
}
