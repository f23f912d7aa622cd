package io.tidegate.simulation;

import io.tidegate.hub.Connection;
import io.tidegate.hub.Transport;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection between a client and a node, with limited buffers and random delays. It can end unexpectedly in two ways: by
 * a reset, which both sides notice, and by silence, which no side notices.
 */
final class Tcp implements Transport {
    /** The time for which a queue may not know that the rest of a write is out. */
    private static final long KNOWN_NANOS = 200_000_000;

    /** The reaction of a client to arriving data. */
    interface Client {
        /** Whether the client takes a text now. */
        boolean reads();

        void text(String text);

        /** A ping or pong came. */
        void alive();

        /** The node has closed in order, with this code. */
        void closed(int code);

        /** The connection is gone. */
        void reset();
    }

    private final World world;
    private final Host node;
    private final Client client;
    private final Random random;
    private final int capacity;
    private final long latency;

    /** The frames on the way to the client, or in its buffer. */
    private int underWay;

    private final ServerBytes arrived = new ServerBytes();
    private long lastToClient;
    private byte @Nullable [] rest;
    private int restFrom;
    private long restTaken;
    private @Nullable Consumer<@Nullable Exception> restDone;

    private long lastToNode;
    private long blockedUntil;
    private @Nullable NodeReader reader;
    private boolean silent;
    /** The node can write no more. */
    private boolean gone;

    /** The data that was under way is also lost. */
    private boolean cut;

    private boolean clientEnded;

    Tcp(World world, Host node, Client client, Random random) {
        this.world = world;
        this.node = node;
        this.client = client;
        this.random = random;
        this.capacity = 4_096 << random.nextInt(6);
        this.latency = 50_000L << random.nextInt(10);
    }

    /** The node's side is open. */
    void serve(Connection connection) {
        reader = new NodeReader(world, node, connection, random, this::closeByServer);
        blockedUntil = node.awake() + KNOWN_NANOS;
    }

    /** Its node is about to look at its connections. */
    void look() {
        if (reader != null) {
            reader.look();
        }
    }

    /** Whether its queue can hold data for long. */
    boolean isBlocked() {
        return rest != null || gone || node.awake() < blockedUntil;
    }

    /** The node's side is closed. */
    boolean hasEnded() {
        return reader != null && reader.hasEnded();
    }

    /** The client's side is closed, as the client knows. */
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
        restTaken += taken;
        if (restFrom == bytes.length) {
            rest = null;
            blockedUntil = node.awake() + KNOWN_NANOS;
            done.accept(null);
        }
    }

    @Override
    public long restTaken() {
        return restTaken;
    }

    @Override
    public void abort() {
        if (!gone) {
            world.trace(
                    node.name() + "  aborts " + (reader == null ? "one that it does not serve" : reader.connection()));
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

    private void toNode(NodeReader.Inbound frame) {
        if (gone || clientEnded) {
            return;
        }
        lastToNode = Math.max(lastToNode, world.now() + random.nextLong(latency));
        world.in(lastToNode - world.now(), "", () -> {
            if (!silent && !gone && reader != null) {
                reader.arrive(frame);
            }
        });
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
        if (reader != null) {
            reader.end();
        }
        goOn();
    }

    // The client's side

    void send(String text) {
        toNode(new NodeReader.Text(text));
    }

    void close(int code) {
        toNode(new NodeReader.Close(code));
    }

    /** The client can take more now. */
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
                    toNode(new NodeReader.Pong());
                    client.alive();
                }
                case CLOSE -> {
                    int code = frame.closeCode();
                    if (reader != null) {
                        reader.judge(code);
                    }
                    toNode(new NodeReader.Close(code));
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

    /** The client ends the connection without a close frame. */
    void abortByClient() {
        clientEnded = true;
        reset();
    }

    // The network

    /** No data passes in either direction, and no side is told. */
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
        if (reader != null) {
            reader.cut();
        }
        node.in(random.nextLong(latency), "", this::endServer);
        world.in(random.nextLong(latency), "", () -> {
            if (!clientEnded && !silent) {
                clientEnded = true;
                client.reset();
            }
        });
    }
}
