package io.tidegate.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A real Redis Cluster: masters on free loopback ports, which have equal shares of the slots, and replicas if a test adds
 * them. It needs Redis 7. Not thread safe.
 */
public final class RedisCluster implements AutoCloseable {
    /** The number of slots of each cluster. */
    public static final int SLOTS = 1 << 14;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<RedisServer> servers = new ArrayList<>();
    private final int masters;
    private final List<String> options;

    private RedisCluster(int masters, List<String> options) {
        this.masters = masters;
        this.options = options;
    }

    /**
     * Starts a cluster, and waits until all slots are served.
     *
     * @param options of each server, besides those of the cluster, as on its command line
     */
    public static RedisCluster start(int masters, String... options) {
        RedisCluster cluster = new RedisCluster(masters, List.of(options));
        for (int i = 0; i < masters; i++) {
            RedisServer server = cluster.join();
            int end = SLOTS * (i + 1) / masters - 1;
            ok(server, "CLUSTER ADDSLOTSRANGE " + SLOTS * i / masters + " " + end);
        }
        cluster.awaitOk();
        return cluster;
    }

    private RedisServer join() {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--cluster-enabled", "yes"));
        all.addAll(List.of("--cluster-node-timeout", "1000", "--cluster-allow-replica-migration", "no"));
        all.addAll(List.of("--repl-diskless-sync-delay", "0"));
        RedisServer server = RedisServer.start(all.toArray(String[]::new));
        servers.add(server);
        ok(server, "CLUSTER SET-CONFIG-EPOCH " + servers.size());
        if (servers.size() > 1) {
            ok(server, "CLUSTER MEET 127.0.0.1 " + servers.getFirst().port());
        }
        return server;
    }

    private void awaitOk() {
        Await.until(
                "the cluster serves all slots",
                LIMIT,
                () -> servers.stream().allMatch(server -> {
                    String info = server.answer("CLUSTER INFO").getFirst();
                    return info.contains("cluster_state:ok")
                            && info.contains("cluster_slots_ok:" + SLOTS)
                            && info.contains("cluster_known_nodes:" + servers.size());
                }));
    }

    /** The first masters, in the order of their slots. */
    public List<RedisServer> masters() {
        return List.copyOf(servers.subList(0, masters));
    }

    /** The master that had this slot at the start. */
    public RedisServer masterOf(int slot) {
        return servers.get((int) ((slot + 1L) * masters - 1) / SLOTS);
    }

    /** The addresses of the masters, as {@code tidegate.relay.url} takes them. */
    public String url() {
        return masters().stream().map(server -> server.url().toString()).collect(Collectors.joining(","));
    }

    /** Adds a replica to a master, and waits until it has the master's data. */
    public RedisServer replicate(RedisServer master) {
        RedisServer replica = join();
        awaitOk();
        String id = id(master);
        Await.until(
                "the replica knows its master",
                LIMIT,
                () -> replica.command("CLUSTER REPLICATE " + id).equals("+OK"));
        // Otherwise they would not vote for it.
        Await.until(
                "all know the replica",
                LIMIT,
                () -> servers.stream()
                        .allMatch(server ->
                                server.answer("CLUSTER REPLICAS " + id).size() == 1));
        Await.until(
                "the replica is in step",
                LIMIT,
                () -> replica.answer("INFO replication").getFirst().contains("master_link_status:up"));
        return replica;
    }

    /** Moves a slot with its keys from one master to another, in the steps of {@code redis-cli --cluster reshard}. */
    public void move(int slot, RedisServer from, RedisServer to) {
        ok(to, "CLUSTER SETSLOT " + slot + " IMPORTING " + id(from));
        ok(from, "CLUSTER SETSLOT " + slot + " MIGRATING " + id(to));
        for (List<String> keys = keys(from, slot); !keys.isEmpty(); keys = keys(from, slot)) {
            ok(from, "MIGRATE 127.0.0.1 " + to.port() + " \"\" 0 5000 KEYS " + String.join(" ", keys));
        }
        ok(to, "CLUSTER SETSLOT " + slot + " NODE " + id(to));
        ok(from, "CLUSTER SETSLOT " + slot + " NODE " + id(to));
    }

    private static List<String> keys(RedisServer server, int slot) {
        return server.answer("CLUSTER GETKEYSINSLOT " + slot + " 100");
    }

    private static String id(RedisServer server) {
        return server.answer("CLUSTER MYID").getFirst();
    }

    private static void ok(RedisServer server, String command) {
        String answer = server.command(command);
        if (!answer.equals("+OK")) {
            throw new IllegalStateException(command + ": " + answer);
        }
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
