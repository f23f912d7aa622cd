package io.tidegate.workload;

import io.tidegate.check.Journal;
import io.tidegate.check.Payload;
import io.tidegate.client.Options;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client without a subprotocol. It misses what happens while it is away, so each connection is a separate observer. A
 * publish is acknowledged by its own reception. Its monitor guards only the publishes in flight.
 */
final class SocketUser implements VirtualUser {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final String NOTICE = "\"server-shutdown\"";

    private final int index;
    private final Dialect dialect;
    private final Shared shared;
    private final String topic;
    private final Service service;
    private final Map<Integer, Long> dueOf = new HashMap<>();
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    private int published;
    private @Nullable WebSocket socket;
    private volatile @Nullable Payload last;
    private volatile boolean leaving;

    SocketUser(int index, Dialect dialect, Shared shared) {
        this.index = index;
        this.dialect = dialect;
        this.shared = shared;
        this.topic = dialect.topic(shared.profile().topics(), index);
        this.service = new Service(shared.tally(), dialect + "-" + index);
    }

    @Override
    public void start() {
        connect(0);
    }

    private void connect(int connection) {
        if (leaving) {
            return;
        }
        String path = shared.withToken(dialect.path(topic), dialect + "-" + index);
        var unused = Options.Threads.shared()
                .http()
                .newWebSocketBuilder()
                .connectTimeout(CONNECT)
                .buildAsync(shared.profile().address(index + connection, path), new Listener(connection))
                .whenComplete((opened, failure) -> {
                    if (failure != null) {
                        again(connection);
                    }
                });
    }

    private void again(int connection) {
        if (!leaving) {
            long pause = ThreadLocalRandom.current().nextLong(200, 2_000);
            var unused = shared.timers().schedule(() -> connect(connection + 1), pause, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized boolean canPublish() {
        return service.serves() && !leaving && socket != null && dueOf.size() < AHEAD;
    }

    @Override
    public synchronized void publish(long due) {
        WebSocket out = socket;
        if (out == null) {
            return;
        }
        Payload payload = new Payload(index, published++);
        shared.journal().publishing(topic, payload);
        shared.tally().pending.incrementAndGet();
        dueOf.put(payload.number(), due);
        send(out, new Stamp(payload, due));
    }

    boolean broadcasts() {
        return dialect == Dialect.BROADCAST;
    }

    /** Publishes as {@link VirtualUsers#LAST}. */
    synchronized void publishLast(int number, long due) {
        WebSocket out = socket;
        if (out != null) {
            Payload payload = new Payload(VirtualUsers.LAST, number);
            last = payload;
            shared.tally().lastPublished.increment();
            shared.journal().publishing(topic, payload);
            send(out, new Stamp(payload, due));
        }
    }

    private void send(WebSocket out, Stamp stamp) {
        String text = dialect.write(index, stamp.text(shared.profile().size()));
        // One send at a time. A failed send ends the connection, and the listener gets the end.
        sent = sent.handle((before, failure) -> null).thenCompose(before -> out.sendText(text, true));
    }

    @Override
    public synchronized boolean isSettled() {
        return dueOf.isEmpty();
    }

    private void returned(Payload payload, long now) {
        Long due;
        synchronized (this) {
            due = dueOf.remove(payload.number());
        }
        if (due != null) {
            shared.tally().acknowledgement.record(now - due);
            shared.journal().acknowledged(topic, payload);
            shared.tally().pending.decrementAndGet();
        }
    }

    private synchronized void abandon() {
        socket = null;
        dueOf.keySet().forEach(number -> {
            shared.journal().abandoned(topic, new Payload(index, number));
            shared.tally().pending.decrementAndGet();
        });
        dueOf.clear();
    }

    @Override
    public void close() {
        leaving = true;
        service.isOver();
        WebSocket open;
        synchronized (this) {
            open = socket;
        }
        abandon();
        if (open != null) {
            var unused = open.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .orTimeout(CONNECT.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((closed, failure) -> {
                        if (failure != null) {
                            open.abort();
                        }
                    });
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final int connection;
        private final StringBuilder text = new StringBuilder();
        private Journal.@Nullable Observer observer;
        private boolean told;
        private boolean ended;

        Listener(int connection) {
            this.connection = connection;
        }

        @Override
        public void onOpen(WebSocket opened) {
            observer = shared.journal().observe(dialect + "-" + index + "/" + connection, topic, false);
            synchronized (SocketUser.this) {
                socket = opened;
            }
            service.begins();
            if (leaving) {
                close();
            }
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                long now = System.nanoTime();
                told |= text.indexOf(NOTICE) >= 0;
                String message = dialect.read(text.toString());
                Stamp.of(message).ifPresentOrElse(stamp -> received(stamp, now), () -> other(message));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        /**
         * A message of another publisher, which writes to the same journal and has no stamp, or a frame that is not a
         * message.
         */
        private void other(String message) {
            Journal.Observer own = observer;
            if (own != null) {
                Payload.of("\"" + message + "\"").ifPresent(own::received);
            }
        }

        private void received(Stamp stamp, long now) {
            shared.tally().received(stamp, now);
            Journal.Observer own = observer;
            if (own != null) {
                own.received(stamp.payload());
            }
            if (stamp.payload().publisher() == index) {
                returned(stamp.payload(), now);
            } else if (stamp.payload().equals(last)) {
                shared.tally().lastAcknowledged.increment();
                shared.journal().acknowledged(topic, stamp.payload());
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            if (code == Service.RESTART && !told && !leaving) {
                shared.tally().complain(dialect + "-" + index + " was closed with 1012 without a notice");
            }
            end(code, "closed by the server: " + code + " " + reason);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            from.abort();
            end(Service.NO_CODE, String.valueOf(failure));
        }

        private void end(int code, String reason) {
            if (ended) {
                return;
            }
            ended = true;
            Journal.Observer own = observer;
            if (own != null) {
                own.end();
            }
            service.ends(code, reason);
            abandon();
            again(connection);
        }
    }
}
