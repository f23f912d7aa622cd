package io.tidegate.simulation;

import io.tidegate.client.Ack;
import io.tidegate.client.Backoff;
import io.tidegate.client.Gap;
import io.tidegate.client.Message;
import io.tidegate.client.Publication;
import io.tidegate.client.SimulatedClients;
import io.tidegate.client.State;
import io.tidegate.client.Subscription;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.TopicListener;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** An application with the real client of {@code clients/java}: it listens and publishes; the client does everything else. */
final class AppClient {
    private static final int UNACKNOWLEDGED = 150;
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final World world;
    private final Cluster cluster;
    private final Ledger ledger;
    private final String name;
    private final Random random;
    private final Map<String, Listening> listening = new HashMap<>();
    private final TidegateClient client;
    private int published;
    private int unacknowledged;
    private Pace pace = Pace.FAST;
    private final List<Dialed> dialed = new ArrayList<>();

    /** How it reads. */
    enum Pace {
        FAST,
        SLOW,
        NOTHING
    }

    private record Listening(Subscription subscription, Ledger.Listener listener) {}

    AppClient(World world, Cluster cluster, Ledger ledger, String name) {
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.name = name;
        this.random = world.random(name);
        this.client = SimulatedClients.connect(
                this::dial, world::now, (nanos, task) -> world.in(nanos, "", task)::cancel, random, BACKOFF, change -> {
                    world.cover("client " + change.to());
                    world.trace(name + "  " + change);
                });
    }

    void read(Pace next) {
        pace = next;
        dialed.removeIf(Dialed::hasEnded);
        List.copyOf(dialed).forEach(Dialed::readOn);
    }

    void subscribe(String topic) {
        Ledger.Listener listener = ledger.listener(name + "#" + random.nextInt(1_000_000), topic);
        Subscription subscription = client.subscribe(topic, new TopicListener() {
            @Override
            public void message(Message message) {
                note(topic);
                listener.message(position(message.position().orElseThrow()), message.message());
            }

            @Override
            public void lost(Gap gap) {
                world.cover("gap told to a client");
                listener.lost(position(gap.position()));
            }
        });
        listening.put(topic, new Listening(subscription, listener));
    }

    void unsubscribe(String topic) {
        Listening one = listening.remove(topic);
        if (one != null) {
            one.listener.ends();
            one.subscription.close();
        }
    }

    boolean listensTo(String topic) {
        return listening.containsKey(topic);
    }

    void publish(String topic, int padding) {
        if (unacknowledged >= UNACKNOWLEDGED) {
            return;
        }
        published++;
        String body = "\"" + name + ":" + published + ":" + "x".repeat(padding) + "\"";
        unacknowledged++;
        try {
            var unused = client.publish(Publication.of(topic, body)).whenComplete((ack, failure) -> {
                unacknowledged--;
                if (failure == null) {
                    acknowledged(ack, body);
                } else {
                    world.violate(name + " was refused: " + failure);
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acknowledged(Ack ack, String body) {
        ledger.acknowledged(ack.topic(), position(ack.position().orElseThrow()), body);
    }

    /** The position at which delivery begins, as the server said; the listener does not get it in any other way. */
    void note() {
        listening.keySet().forEach(this::note);
    }

    private void note(String topic) {
        Listening one = listening.get(topic);
        if (one != null && one.listener.last() == null) {
            one.subscription.position().ifPresent(text -> one.listener.begins(position(text)));
        }
    }

    /** The problem of this client after everything has recovered; null if there is none. */
    @Nullable
    String complaint() {
        if (unacknowledged > 0) {
            return name + " waits for " + unacknowledged + " acknowledgements";
        }
        return client.state() == State.LIVE ? null : name + " is " + client.state();
    }

    private static Position position(String text) {
        return Position.parse(text).orElseThrow(() -> new AssertionError("no position: " + text));
    }

    private void dial(SimulatedClients.Events events) {
        Dialed one = new Dialed(events);
        dialed.add(one);
        cluster.connect(one, Wire.FULL, List.of(), new Cluster.Handshake() {
            @Override
            public void opened(Tcp tcp) {
                one.tcp = tcp;
                events.opened(one);
            }

            @Override
            public void refused(int status, int retryAfterSeconds) {
                events.refused(status, Optional.of(Duration.ofSeconds(retryAfterSeconds)));
            }

            @Override
            public void failed() {
                events.failed("no server");
            }
        });
    }

    /** One connection of the client. */
    private final class Dialed implements Tcp.Client, SimulatedClients.Wire {
        private final SimulatedClients.Events events;
        private final AnswerOrder order = new AnswerOrder(world, name);
        private @Nullable Tcp tcp;
        private int credit;

        Dialed(SimulatedClients.Events events) {
            this.events = events;
        }

        boolean hasEnded() {
            return tcp != null && !tcp.isOpen();
        }

        void readOn() {
            if (tcp != null) {
                tcp.readAsClient();
            }
        }

        @Override
        public boolean reads() {
            return credit > 0 && tcp != null && (pace == Pace.FAST || (pace == Pace.SLOW && random.nextInt(4) == 0));
        }

        @Override
        public void text(String text) {
            credit--;
            order.answer(text);
            events.text(text);
        }

        @Override
        public void alive() {
            events.alive();
        }

        @Override
        public void closed(int code) {
            world.cover("closed with " + code);
            events.closed(code);
        }

        @Override
        public void reset() {
            events.failed("reset");
        }

        @Override
        public void send(String text) {
            order.ask(text);
            if (tcp != null) {
                tcp.send(text);
            }
        }

        @Override
        public void read() {
            credit++;
            if (tcp != null) {
                Tcp to = tcp;
                world.in(random.nextLong(pace == Pace.FAST ? 20_000 : 20_000_000), "", to::readAsClient);
            }
        }

        @Override
        public void close(int code) {
            if (tcp != null) {
                tcp.close(code);
            }
        }

        @Override
        public void abort() {
            if (tcp != null) {
                tcp.abortByClient();
            }
        }
    }
}
