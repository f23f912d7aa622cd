package io.tidegate.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a free port for a process that must be told its port. A process that can choose its port takes port 0.
 *
 * <p>The ports are below those that the system gives to connections and to port 0 (32768 and above on Linux). So no
 * connection takes the port before the process listens there. The same holds for the second port of a Redis in a
 * cluster, which is greater by {@link #REDIS_BUS}; that port is no port of this class either.
 */
public final class FreePort {
    /** What Redis adds to its port for the bus of a cluster (Redis Cluster Specification, "Cluster bus"). */
    static final int REDIS_BUS = 10_000;

    private static final int FIRST = 10_240;
    private static final int END = FIRST + REDIS_BUS;

    /** None is given twice, because its process may not listen yet. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A port on which nothing listened a moment ago, and which no other call has returned. */
    public static int find() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
