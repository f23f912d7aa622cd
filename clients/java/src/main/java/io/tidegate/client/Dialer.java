package io.tidegate.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Opens connections, passes their events to the client's mailbox, and checks that they are alive. */
final class Dialer {
    private final Socket.Factory sockets;
    private final Timers timers;
    private final Mailbox core;
    private final List<URI> urls;
    private final Duration connect;
    private final Owner owner;
    private int url;

    /** The owner of the connections. Called in the client's mailbox. */
    interface Owner {

        /** Whether the connection is still used. For an unused connection no other method is called. */
        boolean isCurrent(Link link);

        void frame(Link link, ServerFrame frame);

        /** The connection has broken the protocol. */
        void distrust(Link link, String reason);

        void ended(Link link, Socket.End end);

        /** See {@link Traffic#pauses}. */
        boolean pauses();
    }

    Dialer(Socket.Factory sockets, Timers timers, Mailbox core, Options options, Owner owner) {
        this.sockets = sockets;
        this.timers = timers;
        this.core = core;
        this.urls = options.urls();
        this.connect = options.bounds().connect();
        this.owner = owner;
    }

    /** Chooses the first address. */
    void begin(RandomGenerator random) {
        url = random.nextInt(urls.size());
    }

    /** A connection to the next address, to be opened now. */
    Link link(Optional<String> token) {
        URI to = urls.get(url);
        url = (url + 1) % urls.size();
        return new Link(to, token, timers, connect);
    }

    void open(Link link) {
        watch(link);
        sockets.open(link.url(), link.token(), link.handsOver, connect, new Socket.Events() {
            @Override
            public void opened(Socket socket) {
                core.post(() -> Dialer.this.opened(link, socket));
            }

            @Override
            public void text(String text) {
                core.post(() -> Dialer.this.text(link, text));
            }

            @Override
            public void alive() {
                core.post(() -> link.heardAt = timers.nanoTime());
            }

            @Override
            public void ended(Socket.End end) {
                core.post(() -> Dialer.this.ended(link, end));
            }
        });
    }

    /** Ends a connection on which nothing has come for too long. It checks as rarely as possible. */
    void watch(Link link) {
        link.unwatch();
        Duration rest = Duration.ofNanos(link.heardAt + link.silenceNanos - timers.nanoTime());
        link.watch = timers.after(rest, () -> core.post(() -> checkLife(link)));
    }

    /** Continues to read a connection that was paused because listeners were behind. */
    void readOn(@Nullable Link link) {
        if (link != null && link.paused) {
            link.heardAt = timers.nanoTime();
            link.read();
        }
    }

    /**
     * Ends a connection in order: sends a close frame and waits for the end of the socket, at most for the connect
     * timeout.
     */
    void retire(@Nullable Link link) {
        if (link != null) {
            link.close();
            timers.after(connect, () -> core.post(link::abort));
        }
    }

    private void checkLife(Link link) {
        if (link.paused) {
            // Frames may have arrived, but the client has not read them.
            link.heardAt = timers.nanoTime();
        }
        if (!owner.isCurrent(link)) {
            return;
        }
        if (timers.nanoTime() - link.heardAt < link.silenceNanos) {
            watch(link);
        } else {
            owner.ended(
                    link,
                    new Socket.End.Failed(
                            link.welcomed ? "nothing came for two heartbeats" : "no welcome within " + connect));
        }
    }

    private void opened(Link link, Socket socket) {
        if (owner.isCurrent(link)) {
            link.opened(socket);
        } else {
            socket.abort();
        }
    }

    private void text(Link link, String text) {
        if (owner.isCurrent(link)) {
            link.heardAt = timers.nanoTime();
            parse(link, text);
        }
        if (owner.isCurrent(link) && owner.pauses()) {
            link.paused = true;
        } else {
            // A retired connection is read to its end, so that its socket sees the peer's close.
            link.read();
        }
    }

    private void parse(Link link, String text) {
        ServerFrame frame;
        try {
            frame = Json.parse(text);
        } catch (IOException e) {
            owner.distrust(link, "a frame that this client cannot read: " + e.getMessage());
            return;
        }
        owner.frame(link, frame);
    }

    private void ended(Link link, Socket.End end) {
        if (owner.isCurrent(link)) {
            owner.ended(link, end);
        }
    }
}
