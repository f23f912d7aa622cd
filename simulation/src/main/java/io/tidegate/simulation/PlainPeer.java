package io.tidegate.simulation;

import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client on the plain wire, which has no positions: on each of its connections a message comes once, in the topic's order. */
final class PlainPeer implements Tcp.Client {
    private static final Pattern BODY = Pattern.compile("\"message\":(\"[^\"]*\")");

    private final World world;
    private final Cluster cluster;
    private final Ledger ledger;
    private final String name;
    private final String topic;
    private final Random random;
    private final Set<String> seen = new HashSet<>();
    private List<String> order = new ArrayList<>();
    private @Nullable Tcp tcp;

    PlainPeer(World world, Cluster cluster, Ledger ledger, String name, String topic) {
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.name = name;
        this.topic = topic;
        this.random = world.random(name);
        connect();
    }

    private void connect() {
        cluster.connect(this, Wire.PLAIN, List.of(new Topic(topic)), new Cluster.Handshake() {
            @Override
            public void opened(Tcp opened) {
                tcp = opened;
                opened.readAsClient();
            }

            @Override
            public void refused(int status, int retryAfterSeconds) {
                again();
            }

            @Override
            public void failed() {
                again();
            }
        });
    }

    private void again() {
        world.in(100_000_000 + random.nextLong(1_000_000_000), "", this::connect);
    }

    @Override
    public boolean reads() {
        return tcp != null;
    }

    @Override
    public void text(String text) {
        String body = AnswerOrder.first(BODY, text);
        if (body == null || text.startsWith("{\"type\"")) {
            return;
        }
        world.cover("plain message");
        // A Redis that has lost its data has lost the ids, and a client without positions is not told.
        if (!seen.add(body) && !ledger.redisHasLost()) {
            world.violate(name + " gets twice on one connection: " + body);
        }
        order.add(body);
    }

    @Override
    public void alive() {}

    @Override
    public void closed(int code) {
        ended();
    }

    @Override
    public void reset() {
        ended();
    }

    /** At the end of a connection, its messages are compared with those of other connections. */
    void ended() {
        ledger.plain(name, topic, order);
        order = new ArrayList<>();
        seen.clear();
        tcp = null;
        again();
    }
}
