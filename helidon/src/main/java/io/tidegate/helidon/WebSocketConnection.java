package io.tidegate.helidon;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.spi.ServerConnection;
import io.tidegate.framing.ByteSource;
import io.tidegate.framing.Decompression;
import io.tidegate.framing.FrameReader;
import io.tidegate.framing.Inbound;
import io.tidegate.framing.LingeringClose;
import io.tidegate.hub.Connection;
import io.tidegate.hub.Transport;
import io.tidegate.metrics.Counter;
import io.tidegate.owner.OutOfMemory;
import io.tidegate.protocol.CloseCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One upgraded connection. Its virtual thread reads, from the answer to the handshake to the end of TCP. All writes after
 * that answer go through the connection's queue. When the reading ends for any reason, {@link Connection#ended} follows,
 * and then the end of TCP.
 */
final class WebSocketConnection implements ServerConnection, Takeover.WebSocket {
    private static final System.Logger LOG = System.getLogger(WebSocketConnection.class.getName());

    /** Stands for an end without a close frame (RFC 6455, section 7.4.1). */
    private static final int ABNORMAL = 1006;

    /** Writes the answer to the handshake. */
    @FunctionalInterface
    interface Answer {
        void write() throws IOException;
    }

    /**
     * How messages are read.
     *
     * @param maxMessage bytes of the largest message
     * @param decompression where messages may be compressed
     */
    record Reading(int maxMessage, Optional<Decompression> decompression) {}

    private final ByteSource arriving;
    private final Transport transport;
    private final Connection connection;
    private final Endpoint endpoint;

    /** Null when it is written, because the connection lasts longer. */
    private @Nullable Answer answer;

    private final FrameReader frames;
    private final Counter bytesReceived;
    private final ReadBudget budget = new ReadBudget();

    /**
     * The first bytes of the next frame. The thread waits for them before it enters the reader: each stack frame of a
     * thread that waits is held in the heap.
     */
    private byte @Nullable [] ahead;

    /** The close code that the endpoint gets at the end; abnormal until another code is known. */
    private int code = ABNORMAL;

    /**
     * Nothing is read or written yet.
     *
     * @param arriving the bytes after the handshake
     */
    WebSocketConnection(
            ByteSource arriving,
            Transport transport,
            Connection connection,
            Endpoint endpoint,
            Answer answer,
            Reading reading) {
        this.arriving = arriving;
        this.transport = transport;
        this.connection = connection;
        this.endpoint = endpoint;
        this.answer = answer;
        this.bytesReceived = connection.bytesReceived();
        this.frames = new FrameReader(
                this::aheadOrNext,
                reading.maxMessage(),
                reading.decompression().map(this::counted).orElse(null));
    }

    /** Counts inflated bytes: to process them costs much more than to read the compressed ones from the socket. */
    private Decompression counted(Decompression decompression) {
        return (payload, length, most) -> {
            budget.beforeInflating();
            byte[] message = decompression.inflate(payload, length, most);
            int inflated = message == null ? most : message.length;
            budget.inflated(inflated);
            connection.inflated(length, inflated);
            return message;
        };
    }

    /** Returns at once if the connection is taken over: a thread of its own then calls {@link #run}. */
    @Override
    public void handle(Limit limit) throws InterruptedException {
        if (!Takeover.take(this)) {
            run();
        }
    }

    @Override
    public void run() throws InterruptedException {
        try {
            answer();
            serve();
        } catch (IOException e) {
            // The client left during the handshake.
        } catch (InterruptedException e) {
            // Helidon answers an exception from here with an HTTP response, which must not be sent on a WebSocket.
            connection.abort();
            throw e;
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            LOG.log(System.Logger.Level.ERROR, "A connection failed", e);
            // If the endpoint has failed before it opened the connection, the close frame would wait forever.
            connection.opened();
            connection.close(CloseCode.INTERNAL, CloseCode.INTERNAL.reason());
            connection.awaitClosed();
        } finally {
            connection.ended();
            // Helidon may close the socket too, but not through the transport.
            transport.abort();
        }
    }

    private void answer() throws IOException {
        Objects.requireNonNull(answer).write();
        answer = null;
    }

    @Override
    @SuppressWarnings("removal") // Helidon's interface still asks for it
    public void handle(Semaphore requestSemaphore) {
        throw new IllegalStateException("Helidon calls handle(Limit)");
    }

    /** Zero, because the hub itself closes silent peers, and Helidon's idle timeout sends no close frame. */
    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        connection.abort();
    }

    private void serve() throws InterruptedException {
        try {
            endpoint.opened();
            read();
        } finally {
            endpoint.ended(code);
        }
    }

    private void read() throws InterruptedException {
        while (true) {
            if (frames.isEmpty()) {
                ahead = nextBytes();
            }
            Inbound inbound = frames.next();
            budget.frame();
            switch (inbound) {
                case Inbound.Data data -> endpoint.receive(data.message());
                case Inbound.Ping ping -> connection.ping(ping.payload());
                case Inbound.Pong pong -> connection.pong();
                case Inbound.Close close -> {
                    code = close.code();
                    connection.closedByPeer(code);
                    return;
                }
                case Inbound.Violation violation -> {
                    code = violation.code().code();
                    connection.close(violation.code(), violation.reason());
                    connection.awaitClosed();
                    if (!violation.closed()) {
                        LingeringClose.discard(this::nextBytes);
                    }
                    return;
                }
                case Inbound.End end -> {
                    return;
                }
            }
        }
    }

    private byte @Nullable [] aheadOrNext() {
        byte[] bytes = ahead;
        ahead = null;
        return bytes == null ? nextBytes() : bytes;
    }

    private byte @Nullable [] nextBytes() {
        byte[] bytes = arriving.next();
        if (bytes != null) {
            budget.bytes(bytes.length);
            bytesReceived.add(bytes.length);
        }
        return bytes;
    }
}
