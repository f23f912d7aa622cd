package io.tidegate.relay;

import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.Sharding;
import io.tidegate.time.Rarely;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.connection.ConnectionManager;
import org.redisson.connection.MasterSlaveEntry;

/**
 * What a link has to know of a Redis Cluster. Any thread.
 *
 * @param connections of Redisson
 * @param slots one slot of each master; one slot where there is no cluster
 * @param sharding how messages are published and subscribed
 */
record RedissonCluster(ConnectionManager connections, List<Integer> slots, Sharding sharding) {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");
    private static final Topic TRIAL = new Topic("sharding");
    private static final Rarely WARNED = new Rarely();

    /**
     * Asks Redis; blocks. Without a cluster nothing is sharded, because all messages go to one server.
     *
     * @throws CompletionException if a master does not answer, or the user lacks the right for {@code SPUBLISH}
     */
    static RedissonCluster of(RedissonClient redisson, boolean isCluster, Settings.Relay settings) {
        ConnectionManager connections =
                ((Redisson) redisson).getCommandExecutor().getConnectionManager();
        List<Integer> slots = slots(connections);
        boolean isSharded =
                isCluster && settings.sharding().shardPublishes() && knowsSharding(redisson, settings.prefix(), slots);
        return new RedissonCluster(connections, slots, isSharded ? settings.sharding() : Sharding.NONE);
    }

    /** The master to which Redisson sends what belongs to this channel; empty where no master has its slot. */
    Optional<MasterSlaveEntry> master(String channel) {
        return Optional.ofNullable(connections.getEntry(channel));
    }

    private static List<Integer> slots(ConnectionManager connections) {
        Map<MasterSlaveEntry, Integer> first = new LinkedHashMap<>();
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            MasterSlaveEntry master = connections.getWriteEntry(slot);
            if (master != null) {
                first.putIfAbsent(master, slot);
            }
        }
        return List.copyOf(first.values());
    }

    /**
     * Whether every master knows {@code SPUBLISH}. A master can become older or newer only by a restart or a failover.
     * Each of these replaces the link of every node, so all nodes see the same. A right, however, can change while links
     * stand, so a missing right is an error.
     */
    private static boolean knowsSharding(RedissonClient redisson, String prefix, List<Integer> slots) {
        try {
            for (int slot : slots) {
                String channel = new TopicKeys(prefix, TRIAL, OptionalInt.of(slot)).channel();
                redisson.getShardedTopic(channel, ByteArrayCodec.INSTANCE)
                        .publishAsync(new byte[0])
                        .toCompletableFuture()
                        .join();
            }
            return true;
        } catch (CompletionException e) {
            if (!RedissonErrors.isUnknownCommand(e)) {
                throw e;
            }
            if (WARNED.isTime(System.nanoTime())) {
                LOG.log(
                        Level.WARNING,
                        "The Redis Cluster does not know SPUBLISH, which needs Redis 7, so each message goes to every"
                                + " node of the cluster");
            }
            return false;
        }
    }
}
