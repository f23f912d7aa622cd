package io.tidegate.testing;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;

/** Many clients that read all the time, each on a virtual thread, and keep what they got. */
public final class ClientPool implements AutoCloseable {

    /** One of them. Answers a close frame, as RFC 6455 asks, and ends with TCP. */
    public static final class Client {
        private final RawClient client;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final List<String> messages = new ArrayList<>();
        private final List<String> notices = new ArrayList<>();
        private int closeCode = 1006;
        private long closedAt;

        private Client(RawClient client) {
            this.client = client;
        }

        /** Sends a text message. */
        public void says(String text) {
            client.text(text);
        }

        /** What others, and it, have published. */
        public synchronized List<String> messages() {
            return List.copyOf(messages);
        }

        public synchronized int received() {
            return messages.size();
        }

        /** What the server said of its own accord: {@code server-shutdown} and {@code error} frames. */
        public synchronized List<String> notices() {
            return List.copyOf(notices);
        }

        /** The server's, 1006 where TCP ended without a close frame; only once {@link #ended}. */
        public synchronized int closeCode() {
            return closeCode;
        }

        /** {@link System#nanoTime} of the close frame. */
        public synchronized long closedAt() {
            return closedAt;
        }

        public boolean ended() {
            return ended.get();
        }

        private void read() {
            try {
                for (ServerFrames.Frame frame = client.next(); frame != null; frame = client.next()) {
                    take(frame);
                }
            } catch (UncheckedIOException e) {
                // TCP was cut.
            }
            ended.set(true);
        }

        private void take(ServerFrames.Frame frame) {
            switch (frame.opcode()) {
                case TEXT -> keep(frame.text());
                case PING -> client.send(ClientFrames.pong(frame.text()));
                case CLOSE -> {
                    synchronized (this) {
                        closeCode = frame.closeCode();
                        closedAt = System.nanoTime();
                    }
                    client.send(ClientFrames.close(frame.closeCode(), ""));
                }
                case BINARY, PONG, CONTINUATION -> throw new AssertionError("unexpected " + frame);
            }
        }

        private synchronized void keep(String text) {
            if (text.startsWith("{\"type\":\"server-shutdown\"") || text.startsWith("{\"type\":\"error\"")) {
                notices.add(text);
            } else if (!text.startsWith("{\"type\":\"heartbeat\"")) {
                messages.add(text);
            }
        }
    }

    private final List<Client> clients = new ArrayList<>();

    /** Connects so many clients more. */
    public ClientPool join(int count, int port, String path) {
        return join(SocketFactory.getDefault(), count, port, path);
    }

    /** The same through sockets of one's own. */
    public ClientPool join(SocketFactory sockets, int count, int port, String path) {
        for (int i = 0; i < count; i++) {
            RawClient socket = RawClient.connect(sockets, port, path);
            socket.readForEver();
            Client client = new Client(socket);
            clients.add(client);
            Thread.ofVirtual().name("client-" + clients.size()).start(client::read);
        }
        return this;
    }

    public List<Client> clients() {
        return clients;
    }

    public Client client(int index) {
        return clients.get(index);
    }

    /** True where everybody has got so many messages. */
    public boolean allReceived(int count) {
        return clients.stream().allMatch(client -> client.received() >= count);
    }

    @Override
    public void close() {
        clients.forEach(client -> client.client.close());
    }
}
