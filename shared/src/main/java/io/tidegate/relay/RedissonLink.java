package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.settings.Settings;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.redisson.Redisson;
import org.redisson.api.BatchOptions;
import org.redisson.api.NodeType;
import org.redisson.api.RBatch;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;
import org.redisson.connection.ConnectionListener;
import org.redisson.connection.SequentialDnsAddressResolverFactory;

/**
 * A link through Redisson to a Redis.
 *
 * <p>Redisson reads a channel's messages on its own threads and hands them to {@code executor}, one task at a time for a
 * channel of a connection ({@code CommandPubSubDecoder.enqueueMessage}): so any executor keeps the order as long as the
 * connection lives, and no longer than that does this link.
 */
final class RedissonLink implements Link {
    private static final long OPEN_SECONDS = 10;
    private static final long CLOSE_MILLIS = 700;

    private final RedissonClient redisson;
    private final Scripts scripts;
    private final ExecutorService executor;
    private final CompletableFuture<String> lost;
    private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedissonLink(
            RedissonClient redisson, Scripts scripts, ExecutorService executor, CompletableFuture<String> lost) {
        this.redisson = redisson;
        this.scripts = scripts;
        this.executor = executor;
        this.lost = lost;
        var unused = lost.thenAccept(reason -> underWay.values().forEach(future -> fail(future, reason)));
    }

    /** Connects with this configuration, on a thread of its own; see {@link Link.Opener}. */
    static CompletableFuture<Link> open(Config base, Settings.History history) {
        CompletableFuture<Link> opened = new CompletableFuture<>();
        Thread.ofVirtual().name("tidegate-relay-open").start(() -> {
            try {
                opened.complete(connect(base, history));
            } catch (Throwable e) {
                // Whatever it was: who waits for the link must hear of it.
                opened.completeExceptionally(
                        e instanceof RelayUnavailableException
                                ? e
                                : new RelayUnavailableException(RedissonErrors.reason(e)));
            }
        });
        return opened;
    }

    private static Link connect(Config base, Settings.History history)
            throws RelayUnavailableException, InterruptedException {
        ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tidegate-relay-delivery-", 0).factory());
        CompletableFuture<String> lost = new CompletableFuture<>();
        Config config = apart(base).setExecutor(executor).setConnectionListener(new LossListener(lost));
        RedissonClient redisson = create(config);
        try {
            return new RedissonLink(redisson, Scripts.load(redisson, history), executor, lost);
        } catch (RuntimeException e) {
            redisson.shutdown(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            throw new RelayUnavailableException(RedissonErrors.reason(e));
        }
    }

    /**
     * A copy that shares nothing with another link. The default look-up of names lets only so many pass at a time, also
     * through copies, and one whose link was given up before its answer came keeps its place for ever.
     */
    static Config apart(Config base) {
        return new Config(base).setAddressResolverGroupFactory(new SequentialDnsAddressResolverFactory());
    }

    /** On one more thread: Redisson waits in places without a limit, and not all of them can be interrupted. */
    private static RedissonClient create(Config config) throws RelayUnavailableException, InterruptedException {
        CompletableFuture<RedissonClient> created = new CompletableFuture<>();
        Thread creator = Thread.ofVirtual().name("tidegate-relay-connect").start(() -> {
            try {
                created.complete(Redisson.create(config));
            } catch (Throwable e) {
                created.completeExceptionally(e);
            }
        });
        try {
            return created.get(OPEN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new RelayUnavailableException(RedissonErrors.reason(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            var unused = created.thenAccept(RedissonClient::shutdown);
            creator.interrupt();
            throw new RelayUnavailableException("no connection within " + OPEN_SECONDS + " s");
        }
    }

    @Override
    public CompletableFuture<List<List<Position>>> publish(List<Outgoing> outgoing) {
        return track(() -> {
            RBatch batch = redisson.createBatch(BatchOptions.defaults());
            for (Outgoing one : outgoing) {
                // Its result is part of the batch's.
                var unused = switch (one) {
                    case Plain plain ->
                        batch.getTopic(plain.channel(), ByteArrayCodec.INSTANCE).publishAsync(plain.bytes());
                    case Kept kept -> scripts.publish(batch.getScript(ByteArrayCodec.INSTANCE), kept);
                };
            }
            return batch.executeAsync().thenApply(result -> positions(outgoing, result.getResponses()));
        });
    }

    private static List<List<Position>> positions(List<Outgoing> outgoing, List<?> responses) {
        List<List<Position>> positions = new ArrayList<>(outgoing.size());
        for (int i = 0; i < outgoing.size(); i++) {
            positions.add(outgoing.get(i) instanceof Kept ? Scripts.positions((List<?>) responses.get(i)) : List.of());
        }
        return positions;
    }

    @Override
    public CompletableFuture<Position> attach(TopicKeys keys, Optional<Position> delivered) {
        return track(() -> scripts.attach(redisson.getScript(ByteArrayCodec.INSTANCE), keys, delivered)
                .thenApply(answer -> Scripts.positions(answer).getFirst()));
    }

    @Override
    public CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes) {
        return track(() -> scripts.history(redisson.getScript(ByteArrayCodec.INSTANCE), keys, after, maxBytes)
                .thenApply(Scripts::history));
    }

    @Override
    public CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes) {
        return track(() -> scripts.last(redisson.getScript(ByteArrayCodec.INSTANCE), keys, messages, maxBytes)
                .thenApply(Scripts::history));
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener) {
        return track(() -> redisson.getTopic(channel, ByteArrayCodec.INSTANCE)
                .addListenerAsync(byte[].class, (name, bytes) -> listener.accept(bytes))
                .thenApply(id -> null));
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String channel) {
        return track(() -> redisson.getTopic(channel, ByteArrayCodec.INSTANCE).removeAllListenersAsync());
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
                // What has arrived is still delivered.
                executor.shutdown();
            });
        }
    }

    /** A future that also fails when the link is lost: a Redisson that is shut down leaves its own hanging. */
    private <T> CompletableFuture<T> track(Supplier<CompletionStage<T>> operation) {
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
                    String reason = RedissonErrors.reason(error);
                    lost.complete(reason);
                    fail(result, reason);
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

    private static void fail(CompletableFuture<?> future, String reason) {
        future.completeExceptionally(new RelayUnavailableException(reason));
    }

    /** Any connection that breaks makes the link lost; that of a sentinel carries no messages. */
    private record LossListener(CompletableFuture<String> lost) implements ConnectionListener {
        @Override
        @SuppressWarnings("deprecation")
        public void onConnect(InetSocketAddress address) {}

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
