package io.tidegate.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.hub.Connection;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.util.ArrayDeque;
import java.util.Random;

/**
 * Does the work of a runtime's reading thread for one connection: takes frame by frame from the socket, if the connection allows
 * it.
 */
final class NodeReader {
    private static final long SECOND = 1_000_000_000;
    private static final int SHORTEST_WAIT = 1_000_000;
    private static final int LONGEST_WAIT = 32_000_000;

    private final World world;
    private final Host node;
    private final Connection connection;
    private final Random random;
    private final Runnable closed;

    /** The frames in the node's socket. */
    private final ArrayDeque<Inbound> inbound = new ArrayDeque<>();

    private boolean scheduled;
    private int wait = SHORTEST_WAIT;

    /** The last time at which a frame was in the socket, measured in the time in which the node was able to look. */
    private long heardAt;

    private long quiet;
    private boolean judged;
    private boolean closes;
    private boolean cut;
    private boolean ended;

    /** A frame of the client. */
    sealed interface Inbound {}

    record Text(String text) implements Inbound {}

    record Pong() implements Inbound {}

    record Close(int code) implements Inbound {}

    /**
     * Makes a reader without frames.
     *
     * @param closed run when both close frames have passed
     */
    NodeReader(World world, Host node, Connection connection, Random random, Runnable closed) {
        this.world = world;
        this.node = node;
        this.connection = connection;
        this.random = random;
        this.closed = closed;
        this.heardAt = node.awake();
    }

    Connection connection() {
        return connection;
    }

    boolean hasEnded() {
        return ended;
    }

    /** A frame has arrived in the socket. */
    void arrive(Inbound frame) {
        inbound.add(frame);
        heardAt = node.awake();
        schedule(0);
    }

    private void schedule(long nanos) {
        if (!scheduled) {
            scheduled = true;
            node.in(nanos + random.nextLong(50_000), "", this::read);
        }
    }

    private void read() {
        scheduled = false;
        if (ended || cut || closes || inbound.isEmpty()) {
            return;
        }
        if (!connection.mayBeRead()) {
            world.cover("reader held back");
            schedule(wait);
            wait = Math.min(2 * wait, LONGEST_WAIT);
            return;
        }
        wait = SHORTEST_WAIT;
        switch (inbound.remove()) {
            case Text text -> {
                if (world.tracing()) {
                    world.trace(node.name() + "  " + connection + " reads " + text.text);
                }
                connection.take(new Message(Opcode.TEXT, text.text.getBytes(UTF_8)));
            }
            case Pong pong -> connection.pong();
            case Close close -> {
                closes = true;
                connection.peerCloses(close.code);
                connection.whenClosed(() -> node.in(random.nextLong(100_000), "", closed));
            }
        }
        if (!inbound.isEmpty()) {
            schedule(0);
        }
    }

    /** Nothing more can be read. */
    void cut() {
        cut = true;
    }

    /** TCP is gone. */
    void end() {
        if (!ended) {
            ended = true;
            connection.ended();
        }
    }

    /** The time without frames from the client when its node last looked; called before each look. */
    void look() {
        if (!connection.closing()) {
            quiet = node.awake() - heardAt;
        }
    }

    /** The node has closed with this code: it must not call a client silent whose frames are in the socket. */
    void judge(int code) {
        if (code == 1011 && !judged && quiet < Pod.IDLE_SECONDS * SECOND - SECOND) {
            world.violate(node.name() + " has closed " + connection + " as silent, " + quiet / 1_000_000
                    + " ms after it last heard of it");
        }
        judged = true;
    }
}
