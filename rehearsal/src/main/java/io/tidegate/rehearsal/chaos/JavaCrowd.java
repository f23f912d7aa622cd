package io.tidegate.rehearsal.chaos;

import io.tidegate.client.Ack;
import io.tidegate.client.Gap;
import io.tidegate.client.Message;
import io.tidegate.client.Options;
import io.tidegate.client.Refusal;
import io.tidegate.client.State;
import io.tidegate.client.StateChange;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.TopicListener;
import io.tidegate.rehearsal.check.Journal;
import io.tidegate.rehearsal.check.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Clients of {@code clients/java}. */
final class JavaCrowd implements Crowd {
    /** So many connect together, lest the accept queue overflow. */
    private static final int AT_ONCE = 50;

    private static final long PAUSE_NANOS = 50_000_000;

    private final Load load;
    private final Journal journal;
    private final List<TidegateClient> clients = new ArrayList<>();
    private final List<Thread> publishers = new ArrayList<>();
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final Timeline reconnects = new Timeline();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    JavaCrowd(Load load, Journal journal, String url) {
        this.load = load;
        this.journal = journal;
        for (int i = 0; i < load.clients(); i++) {
            clients.add(connect(i, url));
            if (i % AT_ONCE == AT_ONCE - 1) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private TidegateClient connect(int index, String url) {
        TidegateClient client = TidegateClient.connect(Options.of(url).withStates(new Watch()));
        for (int which = 0; which < 2; which++) {
            String topic = load.topic(index, which);
            client.subscribe(topic, new Listener(journal.observe("java-" + index, topic, true)));
        }
        return client;
    }

    /** A client's connections: it is served from {@code live} on until it waits, hand-overs included. */
    private final class Watch implements Consumer<StateChange> {
        private boolean served;
        private boolean wasServed;

        @Override
        public void accept(StateChange change) {
            boolean serves = switch (change.to()) {
                case LIVE, LEAVING, HANDING_OVER -> true;
                case CONNECTING, RESUMING, WAITING, CLOSED -> false;
            };
            boolean handedOver = change.from() == State.HANDING_OVER && serves;
            if (serves && wasServed && (!served || handedOver)) {
                reconnects.count();
            }
            live.addAndGet((serves ? 1 : 0) - (served ? 1 : 0));
            served = serves;
            wasServed |= serves;
            if (change.to() == State.CLOSED && !stopped) {
                complaints.add("closed: " + change.reason());
            }
        }
    }

    private final class Listener implements TopicListener {
        private final Journal.Observer observer;

        Listener(Journal.Observer observer) {
            this.observer = observer;
        }

        @Override
        public void message(Message message) {
            Payload.of(message.message())
                    .ifPresentOrElse(
                            payload -> observer.received(message.position(), payload),
                            () -> complaints.add("foreign message " + message));
        }

        @Override
        public void lost(Gap gap) {
            observer.gap();
        }

        @Override
        public void refused(Refusal refusal) {
            complaints.add("subscription refused: " + refusal);
        }
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public int live() {
        return live.get();
    }

    @Override
    public int size() {
        return clients.size();
    }

    @Override
    public void publish() {
        for (int i = 0; i < clients.size(); i++) {
            int publisher = i;
            publishers.add(Thread.ofVirtual().name("publisher " + i).start(() -> publishUntilStopped(publisher)));
        }
    }

    private void publishUntilStopped(int publisher) {
        long interval = load.interval().toNanos();
        try {
            Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(interval)));
            for (int number = 0; !stopped; number++) {
                publish(publisher, number);
                long pause = ThreadLocalRandom.current().nextLong(interval / 2, interval * 3 / 2);
                Thread.sleep(Duration.ofNanos(pause));
            }
        } catch (InterruptedException e) {
            // Stopped.
        }
    }

    private void publish(int publisher, int number) throws InterruptedException {
        String topic = load.topic(publisher, ThreadLocalRandom.current().nextInt(2));
        Payload payload = new Payload(publisher, number);
        journal.publishing(topic, payload);
        // Blocks where too much waits, and then may be interrupted: only what it has taken is pending.
        CompletableFuture<Ack> future = clients.get(publisher).publish(topic, payload.json());
        pending.incrementAndGet();
        var unused = future.whenComplete((ack, failure) -> {
            pending.decrementAndGet();
            if (failure == null) {
                journal.acknowledged(topic, payload, ack.position());
            } else if (!stopped) {
                complaints.add("publish failed: " + failure);
            }
        });
    }

    @Override
    public void stop() {
        stopped = true;
        publishers.forEach(Thread::interrupt);
    }

    @Override
    public int pending() {
        return pending.get();
    }

    @Override
    public Timeline reconnects() {
        return reconnects;
    }

    @Override
    public String complaints() {
        return String.join("\n", complaints.stream().distinct().limit(10).toList());
    }

    @Override
    public void close() {
        stop();
        clients.forEach(TidegateClient::close);
    }
}
