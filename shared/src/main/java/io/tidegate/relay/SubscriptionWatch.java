package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.redisson.client.NettyHook;
import org.redisson.client.RedisClientConfig;
import org.redisson.client.handler.CommandPubSubDecoder;
import org.redisson.client.protocol.CommandData;
import org.redisson.client.protocol.decoder.MultiDecoder;

/**
 * Makes the link lost when one of its subscriptions ends without its request. When a slot of a cluster moves to another
 * node, Redis ends the sharded subscriptions of the slot and says {@code sunsubscribe}, which Redisson ignores (Redis
 * Cluster Specification, "Pub/Sub in Redis Cluster"). And when Redisson learns that a slot has moved, it ends the
 * subscriptions and makes them again, and what is published meanwhile is lost.
 *
 * <p>Any thread.
 */
final class SubscriptionWatch implements NettyHook {
    private final ExecutorService executor;
    private final CompletableFuture<String> lost;
    private final Set<String> carried = ConcurrentHashMap.newKeySet();

    /**
     * A watch of one link.
     *
     * @param executor of the link's messages
     * @param lost completed when a subscription ends
     */
    SubscriptionWatch(ExecutorService executor, CompletableFuture<String> lost) {
        this.executor = executor;
        this.lost = lost;
    }

    /** The channel is subscribed. */
    void subscribed(String channel) {
        carried.add(channel);
    }

    /** To be called before the link ends the subscription. */
    void unsubscribes(String channel) {
        carried.remove(channel);
    }

    private void ended(String channel, boolean requested) {
        if (!requested || carried.contains(channel)) {
            lost.complete("a subscription has ended, because a slot of the cluster has moved");
        }
    }

    @Override
    public void afterBoostrapInitialization(Bootstrap bootstrap) {}

    @Override
    public void afterChannelInitialization(Channel channel) {
        if (channel.pipeline().get(CommandPubSubDecoder.class) != null) {
            channel.pipeline().replace(CommandPubSubDecoder.class, null, new Decoder());
        }
    }

    private final class Decoder extends CommandPubSubDecoder {
        Decoder() {
            // The decoder uses the address only for its scheme, and the scheme only for commands that are redirected.
            super(new RedisClientConfig()
                    .setAddress("redis://localhost:6379")
                    .setExecutor(executor)
                    .setKeepPubSubOrder(true));
        }

        /** The decoder of an answer. There is none where no command waits for the answer. */
        @Override
        protected @Nullable MultiDecoder<Object> messageDecoder(
                @Nullable CommandData<Object, Object> data, List<Object> parts) {
            MultiDecoder<Object> decoder = super.messageDecoder(data, parts);
            if (parts.size() > 1 && parts.getFirst() instanceof String type && type.endsWith("unsubscribe")) {
                ended(new String((byte[]) parts.get(1), UTF_8), decoder != null);
            }
            return decoder;
        }
    }
}
