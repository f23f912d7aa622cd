package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Reports what passes over the sockets of another factory. */
final class TracedSockets implements Socket.Factory {
    private static final System.Logger LOG = System.getLogger(TracedSockets.class.getName());

    private final Socket.Factory sockets;
    private final Consumer<Trace> traces;

    TracedSockets(Socket.Factory sockets, Consumer<Trace> traces) {
        this.sockets = sockets;
        this.traces = traces;
    }

    @Override
    public void open(URI url, Optional<String> token, boolean handsOver, Duration atMost, Socket.Events events) {
        tell(Trace.Kind.OPENING, url, "");
        sockets.open(url, token, handsOver, atMost, new Socket.Events() {
            @Override
            public void opened(Socket socket) {
                tell(Trace.Kind.OPENED, url, "");
                events.opened(traced(url, socket));
            }

            @Override
            public void text(String text) {
                tell(Trace.Kind.RECEIVED, url, text);
                events.text(text);
            }

            @Override
            public void alive() {
                events.alive();
            }

            @Override
            public void ended(Socket.End end) {
                tell(Trace.Kind.ENDED, url, end.reason());
                events.ended(end);
            }
        });
    }

    private Socket traced(URI url, Socket socket) {
        return new Socket() {
            @Override
            public void send(String text) {
                tell(Trace.Kind.SENT, url, Json.withoutToken(text));
                socket.send(text);
            }

            @Override
            public void read() {
                socket.read();
            }

            @Override
            public void close(int code) {
                tell(Trace.Kind.CLOSING, url, "with " + code);
                socket.close(code);
            }

            @Override
            public void abort() {
                tell(Trace.Kind.CLOSING, url, "at once");
                socket.abort();
            }
        };
    }

    /** A hook that fails must not end the connection that it observes. */
    private void tell(Trace.Kind kind, URI url, String text) {
        try {
            traces.accept(new Trace(kind, url, text));
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "the debug hook failed", e);
        }
    }
}
