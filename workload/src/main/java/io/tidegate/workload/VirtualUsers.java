package io.tidegate.workload;

import io.tidegate.check.Journal;
import io.tidegate.check.Payload;
import io.tidegate.client.Options;
import io.tidegate.client.TidegateClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A pool of clients that grows, shrinks and publishes at given rates, and writes to a journal what it publishes and
 * receives. Any thread may call it. A call returns at once, and the pool works in the background.
 *
 * <p>A schedule sets the moments of publishes, on one thread. The clients that have room publish in turn. Latencies count
 * from those moments.
 */
public final class VirtualUsers implements AutoCloseable {
    /** The publisher of the last messages. No user has that number. */
    public static final int LAST = 999_999_999;

    private final long began = System.nanoTime();
    private final Tally tally = new Tally();
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("virtual users timers").factory());
    private final Shared shared;
    private final UserPool pool;
    private final Publisher publisher;
    private final List<SlowReader> readers = new ArrayList<>();
    private @Nullable TidegateClient lastClient;
    private int lastNumber;

    /** A pool without clients until {@link #resize}, except the slow readers. */
    public VirtualUsers(Profile profile, Journal journal) {
        this(profile, journal, Optional.empty());
    }

    /** @param issuer of tokens, where the fleet is closed */
    public VirtualUsers(Profile profile, Journal journal, Optional<Issuer> issuer) {
        shared = new Shared(profile, journal, tally, timers, issuer);
        pool = new UserPool(shared);
        publisher = new Publisher(pool);
        for (int i = 0; i < profile.readers(); i++) {
            SlowReader reader = new SlowReader(i, shared);
            readers.add(reader);
            reader.start();
        }
    }

    /**
     * Grows or shrinks. A leaving client first waits for its acknowledgements, and then closes in order.
     *
     * @param target the number of clients
     * @param perSecond how many clients come or go a second
     * @throws IllegalArgumentException where the target is below 0, or the rate is not above 0
     */
    public void resize(int target, double perSecond) {
        if (target < 0 || !(perSecond > 0)) {
            throw new IllegalArgumentException(
                    target + " clients at " + perSecond + "/s; allowed are 0 or more, and a rate above 0");
        }
        pool.resize(target, perSecond);
    }

    /** Stops to grow or shrink. */
    public void hold() {
        pool.hold();
    }

    /** Sets how many messages a second all clients publish together, from now on; 0 for none. */
    public void rate(double messagesPerSecond) {
        publisher.rate(messagesPerSecond);
    }

    /** The number of served clients. */
    public int live() {
        return tally.live.get();
    }

    /** The wanted number of clients. */
    public int target() {
        return pool.target();
    }

    /** Whether the pool has its wanted number of clients, and all are served. */
    public boolean isWhole() {
        return pool.isAtTarget() && live() == target();
    }

    /** The number of the users' unacknowledged publishes. */
    public int pending() {
        return tally.pending.get();
    }

    /** Connections after the first one of each client, by the second. */
    public Timeline reconnects() {
        return tally.reconnects;
    }

    public TokenTally tokens() {
        return tally.tokens;
    }

    /** The first ten users that lost their connection for another reason than a close with 1012: who, when, and why. */
    public List<String> endings() {
        return tally.endings();
    }

    /** Errors that the journal does not see, for a human. */
    public Collection<String> complaints() {
        return tally.complaints();
    }

    /** The present state. Reads every user. */
    public Snapshot snapshot() {
        Map<String, Integer> nodes = new TreeMap<>();
        pool.users().forEach(user -> user.node().ifPresent(node -> nodes.merge(node, 1, Integer::sum)));
        return new Snapshot(
                new Snapshot.Connections(target(), live(), tally.reconnects.total(), tally.handovers.get()),
                tally.messages(shared.journal()),
                tally.closes(),
                nodes);
    }

    /** A point for plots, with the latencies since the last one. */
    public Sample sample() {
        return new Sample((System.nanoTime() - began) / 1e9, snapshot(), tally.sinceLast());
    }

    /** The latencies since the beginning. */
    public Latencies latencies() {
        return tally.latencies();
    }

    /**
     * Publishes a last message on each topic, as {@link #LAST}. {@code journal.behind(LAST)} is 0 when all clients have
     * it. A client of the pool publishes it, or a separate client if none uses {@code tidegate.v1}.
     */
    public synchronized void publishOnce() throws InterruptedException {
        Mix mix = shared.profile().mix();
        if (mix.has(Wire.BROADCAST)) {
            pool.publishLastBroadcast(lastNumber++, System.nanoTime());
        }
        if (!mix.has(Wire.V1) && !mix.has(Wire.PLAIN)) {
            return;
        }
        List<TidegateClient> clients = pool.clients();
        if (clients.isEmpty()) {
            Options options = Options.of(shared.profile().chats());
            lastClient = TidegateClient.connect(shared.issuer()
                    .map(issuer -> options.withToken(() -> issuer.token("last", Issuer.SHORT)))
                    .orElse(options));
            clients = List.of(lastClient);
        }
        for (int i = 0; i < shared.profile().topics().count(); i++) {
            String topic = Topics.name(i);
            Payload payload = new Payload(LAST, lastNumber++);
            String text = "\"" + new Stamp(payload, System.nanoTime()).text(0) + "\"";
            shared.journal().publishing(topic, payload);
            tally.lastPublished.increment();
            var unused = clients.get(i % clients.size()).publish(topic, text).thenAccept(ack -> {
                tally.lastAcknowledged.increment();
                shared.journal().acknowledged(topic, payload, ack.position().orElseThrow());
            });
        }
    }

    /** Closes all clients at once. The journal must be judged before. */
    @Override
    public synchronized void close() {
        publisher.close();
        readers.forEach(SlowReader::close);
        pool.close();
        if (lastClient != null) {
            lastClient.close();
        }
        timers.shutdownNow();
    }
}
