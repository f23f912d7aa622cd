package io.tidegate.relay;

import io.tidegate.owner.OutOfMemory;
import io.tidegate.protocol.Position;
import io.tidegate.settings.Settings;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.BatchOptions;
import org.redisson.api.NodeType;
import org.redisson.api.RBatch;
import org.redisson.api.RTopic;
import org.redisson.api.RTopicAsync;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;
import org.redisson.connection.ConnectionListener;
import org.redisson.connection.MasterSlaveEntry;
import org.redisson.connection.SequentialDnsAddressResolverFactory;

/**
 * A link to Redis through Redisson.
 *
 * <p>Redisson reads a channel's messages on its own threads and hands them to {@code executor}, one task at a time for
 * a channel of a connection ({@code CommandPubSubDecoder.enqueueMessage}). So any executor keeps the order as long as
 * the connection lives. This link lives no longer than the connection.
 *
 * <p>One class, although long: it implements each operation of {@link Link} with the one Redisson client.
 */
final class RedissonLink implements Link {
    private static final long OPEN_SECONDS = 10;
    private static final long CLOSE_MILLIS = 700;

    /** The scope of an operation. */
    private enum Of {
        ONE_TOPIC,
        ALL
    }

    private final RedissonClient redisson;
    private final RedissonCluster cluster;
    private final Scripts scripts;
    private final SubscriptionWatch watch;
    private final ExecutorService executor;
    private final CompletableFuture<String> lost;
    private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What has been opened. */
    private record Client(RedissonClient redisson, RedissonCluster cluster, Scripts scripts) {}

    private RedissonLink(
            Client client, SubscriptionWatch watch, ExecutorService executor, CompletableFuture<String> lost) {
        this.redisson = client.redisson;
        this.cluster = client.cluster;
        this.scripts = client.scripts;
        this.watch = watch;
        this.executor = executor;
        this.lost = lost;
        var unused = lost.thenAccept(reason -> underWay.values().forEach(future -> fail(future, reason)));
    }

    /** Connects with this configuration, on a new thread; see {@link Link.Opener}. */
    static CompletableFuture<Link> open(Config base, Settings settings) {
        CompletableFuture<Link> opened = new CompletableFuture<>();
        Thread.ofVirtual().name("tidegate-relay-open").start(() -> {
            try {
                opened.complete(connect(base, settings));
            } catch (Throwable e) {
                OutOfMemory.check(e);
                // Any throwable must fail the future, because the caller waits for the link.
                opened.completeExceptionally(
                        e instanceof RelayUnavailableException
                                ? e
                                : new RelayUnavailableException(RedissonErrors.openReason(e)));
            }
        });
        return opened;
    }

    private static Link connect(Config base, Settings settings) throws RelayUnavailableException, InterruptedException {
        ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tidegate-relay-delivery-", 0).factory());
        CompletableFuture<String> lost = new CompletableFuture<>();
        SubscriptionWatch watch = new SubscriptionWatch(executor, lost);
        LossListener listener = new LossListener(lost);
        Config config = apart(base)
                .setExecutor(executor)
                .setConnectionListener(listener)
                .setNettyHook(watch);
        RedissonClient redisson = create(config);
        try {
            if (config.isClusterConfig()) {
                listener.mastersAreKnown();
            }
            RedissonCluster cluster = RedissonCluster.of(redisson, config.isClusterConfig(), settings.relay());
            Scripts scripts = Scripts.load(redisson, RelayTimes.of(settings), cluster.sharding());
            return new RedissonLink(new Client(redisson, cluster, scripts), watch, executor, lost);
        } catch (RuntimeException e) {
            redisson.shutdown(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            throw new RelayUnavailableException(RedissonErrors.openReason(e));
        }
    }

    /**
     * A copy that shares nothing with another link. The default DNS resolver allows only a limited number of lookups at
     * a time, and copies share that limit. If a link is given up before its lookup is answered, the lookup keeps its
     * place forever.
     */
    static Config apart(Config base) {
        return new Config(base).setAddressResolverGroupFactory(new SequentialDnsAddressResolverFactory());
    }

    /**
     * Runs on one more thread, because Redisson waits without a limit in some places, and not all of these waits can be
     * interrupted.
     */
    private static RedissonClient create(Config config) throws RelayUnavailableException, InterruptedException {
        CompletableFuture<RedissonClient> created = new CompletableFuture<>();
        Thread creator = Thread.ofVirtual().name("tidegate-relay-connect").start(() -> {
            try {
                created.complete(Redisson.create(config));
            } catch (Throwable e) {
                OutOfMemory.check(e);
                created.completeExceptionally(e);
            }
        });
        try {
            return created.get(OPEN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new RelayUnavailableException(RedissonErrors.openReason(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            var unused = created.thenAccept(RedissonClient::shutdown);
            creator.interrupt();
            throw new RelayUnavailableException("no connection within " + OPEN_SECONDS + " s");
        }
    }

    /**
     * One batch of Redisson for each master, all at once. Redisson fails the whole batch if Redis refuses a part of it.
     * The result of each part then tells what happened to that part, but only if all parts are of one master.
     */
    @Override
    public CompletableFuture<List<Answer>> publish(List<Outgoing> outgoing) {
        return track(Of.ALL, () -> {
            Map<Optional<MasterSlaveEntry>, RBatch> batches = new HashMap<>();
            List<CompletableFuture<List<Position>>> results = new ArrayList<>(outgoing.size());
            for (Outgoing one : outgoing) {
                RBatch batch = batches.computeIfAbsent(
                        cluster.master(one.channel()), master -> redisson.createBatch(BatchOptions.defaults()));
                CompletionStage<List<Position>> result = switch (one) {
                    case Plain plain -> publish(batch, plain).thenApply(nothing -> List.of());
                    case Kept kept ->
                        scripts.publish(batch.getScript(ByteArrayCodec.INSTANCE), kept)
                                .thenApply(Scripts::positions);
                };
                results.add(result.toCompletableFuture());
            }
            CompletableFuture<?>[] executed = batches.values().stream()
                    .map(batch -> batch.executeAsync().toCompletableFuture())
                    .toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(executed).handle((nothing, error) -> answers(results, error));
        });
    }

    private CompletionStage<Void> publish(RBatch batch, Plain plain) {
        List<RTopicAsync> topics = new ArrayList<>();
        if (cluster.sharding().publishes()) {
            topics.add(batch.getTopic(plain.channel(), ByteArrayCodec.INSTANCE));
        }
        if (cluster.sharding().shardPublishes()) {
            topics.add(batch.getShardedTopic(plain.channel(), ByteArrayCodec.INSTANCE));
        }
        return CompletableFuture.allOf(topics.stream()
                .map(topic -> topic.publishAsync(plain.bytes()).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    private static List<Answer> answers(List<CompletableFuture<List<Position>>> results, @Nullable Throwable error) {
        List<Answer> answers = new ArrayList<>(results.size());
        for (CompletableFuture<List<Position>> result : results) {
            if (result.state() == Future.State.SUCCESS) {
                answers.add(new Taken(result.resultNow()));
            } else if (result.isCompletedExceptionally() && RedissonErrors.isRefusal(result.exceptionNow())) {
                answers.add(new Refused(RedissonErrors.reason(result.exceptionNow())));
            } else {
                throw new CompletionException(error == null ? new CancellationException() : error);
            }
        }
        return answers;
    }

    @Override
    public CompletableFuture<Attachment> attach(TopicKeys keys, Optional<Position> known) {
        return track(
                Of.ONE_TOPIC,
                () -> scripts.attach(redisson.getScript(ByteArrayCodec.INSTANCE), keys, known)
                        .thenApply(Scripts::attachment));
    }

    @Override
    public CompletableFuture<PresenceAnswer> presence(TopicKeys keys, PresenceReport report, long trustMillis) {
        return track(
                Of.ONE_TOPIC,
                () -> scripts.presence(redisson.getScript(ByteArrayCodec.INSTANCE), keys, report, trustMillis)
                        .thenApply(answer -> Scripts.presence(answer, report)));
    }

    @Override
    public CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes) {
        return track(
                Of.ONE_TOPIC,
                () -> scripts.history(redisson.getScript(ByteArrayCodec.INSTANCE), keys, after, maxBytes)
                        .thenApply(Scripts::history));
    }

    @Override
    public CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes) {
        return track(
                Of.ONE_TOPIC,
                () -> scripts.last(redisson.getScript(ByteArrayCodec.INSTANCE), keys, messages, maxBytes)
                        .thenApply(Scripts::last));
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener) {
        return track(
                Of.ONE_TOPIC,
                () -> topic(channel)
                        .addListenerAsync(byte[].class, (name, bytes) -> listener.accept(bytes))
                        .thenAccept(id -> watch.subscribed(channel)));
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String channel) {
        return track(Of.ONE_TOPIC, () -> {
            watch.unsubscribes(channel);
            return topic(channel).removeAllListenersAsync();
        });
    }

    private RTopic topic(String channel) {
        return cluster.sharding().shardSubscribes()
                ? redisson.getShardedTopic(channel, ByteArrayCodec.INSTANCE)
                : redisson.getTopic(channel, ByteArrayCodec.INSTANCE);
    }

    @Override
    public List<Integer> slots() {
        return cluster.slots();
    }

    @Override
    public CompletableFuture<String> lost() {
        return lost;
    }

    @Override
    public void close() {
        lost.complete("closed");
        if (closed.compareAndSet(false, true)) {
            Thread.ofVirtual().name("tidegate-relay-close").start(() -> {
                redisson.shutdown(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
                // Messages that have arrived are still delivered.
                executor.shutdown();
            });
        }
    }

    /**
     * A future that also fails when the link is lost. A Redisson client that is shut down does not complete its own
     * futures.
     */
    private <T> CompletableFuture<T> track(Of of, Supplier<CompletionStage<T>> operation) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Object key = new Object();
        underWay.put(key, result);
        String before = lost.getNow(null);
        if (before == null) {
            begin(operation).whenComplete((value, error) -> {
                underWay.remove(key);
                if (error == null) {
                    result.complete(value);
                } else {
                    fail(result, error, of);
                }
            });
        } else {
            underWay.remove(key);
            fail(result, before);
        }
        return result;
    }

    private static <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /**
     * If Redis refuses an operation, only that operation fails. The same holds for an operation of one topic that is
     * answered late while thousands of topics ask: a Redis that hangs is found by the publishes. With any other failure
     * the link is lost.
     */
    private void fail(CompletableFuture<?> future, Throwable error, Of of) {
        String reason = RedissonErrors.reason(error);
        if (RedissonErrors.isRefusal(error) || (of == Of.ONE_TOPIC && RedissonErrors.isLate(error))) {
            future.completeExceptionally(RelayUnavailableException.refused(reason));
        } else {
            lost.complete(reason);
            fail(future, reason);
        }
    }

    private static void fail(CompletableFuture<?> future, String reason) {
        future.completeExceptionally(new RelayUnavailableException(reason));
    }

    /**
     * Any broken connection makes the link lost, except a connection to a sentinel, which carries no messages. A
     * connection to another master of a cluster also makes the link lost, because the probe does not go through that
     * master.
     */
    private static final class LossListener implements ConnectionListener {
        private final CompletableFuture<String> lost;
        private final Set<InetSocketAddress> masters = ConcurrentHashMap.newKeySet();
        private volatile boolean known;

        LossListener(CompletableFuture<String> lost) {
            this.lost = lost;
        }

        /** There is a connection to each master of the cluster. */
        void mastersAreKnown() {
            known = true;
        }

        @Override
        @SuppressWarnings("deprecation")
        public void onConnect(InetSocketAddress address) {}

        @Override
        public void onConnect(InetSocketAddress address, NodeType type) {
            if (type == NodeType.MASTER && masters.add(address) && known) {
                lost.complete("the cluster has another master, " + address);
            }
        }

        @Override
        @SuppressWarnings("deprecation")
        public void onDisconnect(InetSocketAddress address) {}

        @Override
        public void onDisconnect(InetSocketAddress address, NodeType type) {
            if (type == NodeType.MASTER) {
                lost.complete("connection to " + address + " lost");
            }
        }
    }
}
