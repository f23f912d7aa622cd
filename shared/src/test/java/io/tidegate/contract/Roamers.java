package io.tidegate.contract;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.ServerFrames;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that speak {@code tidegate.v1} and move when they are told, as the protocol asks: at their slot they connect
 * elsewhere, resume behind what they have got, and close the old connection.
 */
final class Roamers implements AutoCloseable {
    private final String topic;
    private final List<Roamer> members = new ArrayList<>();
    private final AtomicInteger moved = new AtomicInteger();
    private volatile int elsewhere;

    /** Nobody yet; all subscribe to this topic. */
    Roamers(String topic) {
        this.topic = topic;
    }

    /** Connects so many clients. */
    void join(int count, int port) {
        for (int i = 0; i < count; i++) {
            Roamer member = new Roamer(FullClient.subscribed(port, topic));
            members.add(member);
            Thread.ofVirtual().name("roamer-" + i).start(member::run);
        }
    }

    /** Where they go from now on. */
    void moveTo(int port) {
        elsewhere = port;
    }

    /** How many moves there have been. */
    int moved() {
        return moved.get();
    }

    /** Whether nobody has a slot that is still to come. */
    boolean nobodyIsToLeave() {
        return members.stream().noneMatch(member -> member.told);
    }

    boolean allReceived(int count) {
        return received().stream().allMatch(messages -> messages.size() >= count);
    }

    /** What each has got, in its order. */
    List<List<String>> received() {
        return members.stream().map(Roamer::received).toList();
    }

    @Override
    public void close() {
        members.forEach(member -> member.client.close());
    }

    private final class Roamer {
        private volatile FullClient client;
        private final List<String> received = new ArrayList<>();
        private String position = "";
        private volatile boolean told;
        private long leaveAt;

        Roamer(FullClient client) {
            this.client = client;
            client.raw().readForEver();
        }

        synchronized List<String> received() {
            return List.copyOf(received);
        }

        /** While messages come a slot is not missed by much; who misses it by far is closed, and goes then. */
        void run() {
            try {
                ServerFrames.Frame next = client.raw().next();
                while (next != null) {
                    boolean closed = next.opcode() == Opcode.CLOSE;
                    if (next.opcode() == Opcode.TEXT) {
                        take(new Frame(next.text()));
                    }
                    if (told && (closed || System.nanoTime() - leaveAt >= 0)) {
                        move();
                    } else if (closed) {
                        return;
                    }
                    next = client.raw().next();
                }
            } catch (UncheckedIOException e) {
                // The test is over, or it fails by what is missing.
            }
        }

        private synchronized void take(Frame frame) {
            switch (frame.type()) {
                case "message" -> {
                    position = frame.position();
                    received.add(frame.message());
                }
                case "server-shutdown" -> {
                    told = true;
                    leaveAt = System.nanoTime() + Long.parseLong(frame.field("reconnectAfterMs")) * 1_000_000;
                }
                case "heartbeat" -> {}
                default -> received.add("unexpected " + frame);
            }
        }

        private void move() {
            FullClient next = FullClient.connect(elsewhere, "");
            next.resume(topic, position);
            if (!next.expect("subscribed").field("recovered").equals("true")) {
                received.add("a gap");
            }
            next.raw().readForEver();
            FullClient before = client;
            client = next;
            before.raw().send(ClientFrames.close(1000, ""));
            before.close();
            moved.incrementAndGet();
            told = false;
        }
    }
}
