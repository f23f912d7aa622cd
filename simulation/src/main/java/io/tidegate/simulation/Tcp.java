package io.tidegate.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.hub.Connection;
import io.tidegate.hub.Transport;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection between a client and a node, with buffers that fill, delays that are drawn, and two ways to end unexpectedly:
 * a reset, which both sides notice, and silence, which nobody does. On the node's side it is also the thread that reads.
 */
final class Tcp implements Transport {
    /** For so long after the rest of a write is out, its queue may not know yet. */
    private static final long KNOWN_NANOS = 200_000_000;

    private static final long SECOND = 1_000_000_000;
    private static final int LONGEST_WAIT = 32_000_000;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int TEXT = 1;

    /** What a client does with what comes. */
    interface Client {
        /** Whether it takes a text now. */
        boolean reads();

        void text(String text);

        /** A ping or pong came. */
        void alive();

        /** The node has closed in order, with this code. */
        void closed(int code);

        /** The connection is gone. */
        void reset();
    }

    /** What a client sends: a text, a pong or a close frame. */
    private record Inbound(int opcode, String text, int code) {}

    private final World world;
    private final Host node;
    private final Client client;
    private final Random random;
    private final int capacity;
    private final long latency;

    /** On their way to the client, or in its buffer. */
    private int underWay;

    private final ServerBytes arrived = new ServerBytes();
    private long lastToClient;
    private byte @Nullable [] rest;
    private int restFrom;
    private @Nullable Consumer<@Nullable Exception> restDone;

    private final ArrayDeque<Inbound> inbound = new ArrayDeque<>();
    private long lastToNode;
    private boolean readerScheduled;
    private int wait = 1_000_000;

    /** When something last lay in the node's socket, in the time in which the node was able to look. */
    private long heardAt;

    private long quiet;
    private boolean judged;
    private long blockedUntil;

    private @Nullable Connection server;
    private boolean silent;
    /** The node can write no more. */
    private boolean gone;

    /** What was under way is lost, too. */
    private boolean cut;

    private boolean serverEnded;
    private boolean clientEnded;
    private boolean serverCloses;

    Tcp(World world, Host node, Client client, Random random) {
        this.world = world;
        this.node = node;
        this.client = client;
        this.random = random;
        this.capacity = 4_096 << random.nextInt(6);
        this.latency = 50_000L << random.nextInt(10);
    }

    /** The node's side is there. */
    void serve(Connection connection) {
        server = connection;
        heardAt = node.awake();
        blockedUntil = heardAt + KNOWN_NANOS;
    }

    /** How long nothing had come from the client when its node last looked; called before each look. */
    void look() {
        Connection connection = server;
        if (connection == null || !connection.closing()) {
            quiet = node.awake() - heardAt;
        }
    }

    /** Whether its queue may hold something for long. */
    boolean isBlocked() {
        return rest != null || gone || node.awake() < blockedUntil;
    }

    /** The node's side of it is over. */
    boolean hasEnded() {
        return serverEnded;
    }

    /** The client's side of it is over, as that knows. */
    boolean endedForClient() {
        return clientEnded;
    }

    boolean isOpen() {
        return !gone && !clientEnded;
    }

    // The node's side

    @Override
    public int writeNow(byte[] bytes) {
        if (gone || rest != null) {
            return 0;
        }
        int free = Math.max(0, capacity - underWay);
        int taken = Math.min(free, bytes.length);
        if (taken > 1 && random.nextInt(20) == 0) {
            taken = random.nextInt(taken);
        }
        if (taken < bytes.length) {
            world.cover("partial write");
        }
        toClient(bytes, 0, taken);
        return taken;
    }

    @Override
    public void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done) {
        rest = bytes;
        restFrom = from;
        restDone = done;
        node.in(random.nextLong(100_000), "", this::goOn);
    }

    private void goOn() {
        byte[] bytes = rest;
        Consumer<@Nullable Exception> done = restDone;
        if (bytes == null || done == null) {
            return;
        }
        if (gone) {
            rest = null;
            done.accept(new IOException("gone"));
            return;
        }
        int taken = Math.min(Math.max(0, capacity - underWay), bytes.length - restFrom);
        toClient(bytes, restFrom, taken);
        restFrom += taken;
        if (restFrom == bytes.length) {
            rest = null;
            blockedUntil = node.awake() + KNOWN_NANOS;
            done.accept(null);
        }
    }

    @Override
    public void abort() {
        if (!gone) {
            world.trace(node.name() + "  aborts " + server);
            reset();
        }
    }

    private void toClient(byte[] bytes, int from, int length) {
        if (length == 0) {
            return;
        }
        underWay += length;
        byte[] part = Arrays.copyOfRange(bytes, from, from + length);
        lastToClient = Math.max(lastToClient, world.now() + random.nextLong(latency));
        world.in(lastToClient - world.now(), "", () -> {
            if (!silent && !cut) {
                arrived.add(part);
                readAsClient();
            }
        });
    }

    private void toNode(Inbound frame) {
        if (gone || clientEnded) {
            return;
        }
        lastToNode = Math.max(lastToNode, world.now() + random.nextLong(latency));
        world.in(lastToNode - world.now(), "", () -> {
            if (!silent && !gone) {
                inbound.add(frame);
                heardAt = node.awake();
                scheduleReader(0);
            }
        });
    }

    private void scheduleReader(long nanos) {
        if (!readerScheduled) {
            readerScheduled = true;
            node.in(nanos + random.nextLong(50_000), "", this::readAsNode);
        }
    }

    /** The thread that reads takes one frame, where it may. */
    private void readAsNode() {
        readerScheduled = false;
        Connection connection = server;
        if (gone || serverEnded || serverCloses || connection == null || inbound.isEmpty()) {
            return;
        }
        if (!connection.mayBeRead()) {
            world.cover("reader held back");
            scheduleReader(wait);
            wait = Math.min(2 * wait, LONGEST_WAIT);
            return;
        }
        wait = 1_000_000;
        Inbound frame = inbound.remove();
        switch (frame.opcode) {
            case TEXT -> {
                if (world.tracing()) {
                    world.trace(node.name() + "  " + connection + " reads " + frame.text);
                }
                connection.take(new Message(Opcode.TEXT, frame.text.getBytes(UTF_8)));
            }
            case CLOSE -> {
                serverCloses = true;
                connection.peerCloses(frame.code);
                connection.whenClosed(() -> node.in(random.nextLong(100_000), "", this::closeByServer));
            }
            default -> connection.pong();
        }
        if (!inbound.isEmpty()) {
            scheduleReader(0);
        }
    }

    /** Both close frames have passed: the server ends TCP. */
    private void closeByServer() {
        gone = true;
        endServer();
        world.in(lastToClient - world.now() + random.nextLong(latency), "", () -> {
            if (!clientEnded && !silent) {
                clientEnded = true;
                client.reset();
            }
        });
    }

    private void endServer() {
        Connection connection = server;
        if (!serverEnded && connection != null) {
            serverEnded = true;
            connection.ended();
        }
        goOn();
    }

    // The client's side

    void send(String text) {
        toNode(new Inbound(TEXT, text, 0));
    }

    void close(int code) {
        toNode(new Inbound(CLOSE, "", code));
    }

    /** The client may take more now. */
    void readAsClient() {
        while (!clientEnded && !silent && client.reads()) {
            ServerBytes.Frame frame = arrived.next();
            if (frame == null) {
                arrived.hold();
                break;
            }
            switch (frame.opcode()) {
                case TEXT -> client.text(frame.text());
                case PING -> {
                    toNode(new Inbound(10, "", 0));
                    client.alive();
                }
                case CLOSE -> {
                    int code = frame.closeCode();
                    judge(code);
                    toNode(new Inbound(CLOSE, "", code));
                    clientEnded = true;
                    client.closed(code);
                }
                default -> client.alive();
            }
        }
        int consumed = arrived.consumed();
        if (consumed > 0) {
            underWay -= consumed;
            if (rest != null) {
                node.in(random.nextLong(100_000), "", this::goOn);
            }
        }
    }

    /** Nobody whose frames lie in the socket is said to be silent. */
    private void judge(int code) {
        if (code == 1011 && !judged && quiet < Pod.IDLE_SECONDS * SECOND - SECOND) {
            world.violate(node.name() + " has closed " + server + " as silent, " + quiet / 1_000_000
                    + " ms after it last heard of it");
        }
        judged = true;
    }

    /** The client ends it without a word. */
    void abortByClient() {
        clientEnded = true;
        reset();
    }

    // The network

    /** Nothing goes either way any more, and nobody is told. */
    void silence() {
        silent = true;
    }

    boolean isSilent() {
        return silent;
    }

    /** RST: both sides learn of it. */
    void reset() {
        if (gone) {
            return;
        }
        gone = true;
        cut = true;
        node.in(random.nextLong(latency), "", this::endServer);
        world.in(random.nextLong(latency), "", () -> {
            if (!clientEnded && !silent) {
                clientEnded = true;
                client.reset();
            }
        });
    }
}
