package io.tidegate.rehearsal.scale;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A place for a pod. Prometheus and HAProxy know all slots from the start, because Prometheus takes up to ten real
 * seconds to notice a new target, which compressed time would make minutes.
 *
 * @param name of the pod, as the chart's queries select it
 * @param port of its WebSockets
 * @param managementPort of its metrics
 */
record Slot(String name, int port, int managementPort) {
    /** Below the ports that Linux gives to clients by default: clients could otherwise take these ports meanwhile. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;

    /** This many slots, with ports that are free now. */
    static List<Slot> of(String deployment, int count) {
        List<Integer> ports = freePorts(2 * count);
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "%s-7d9c5b-p%03d".formatted(deployment, i);
            slots.add(new Slot(name, ports.get(2 * i), ports.get(2 * i + 1)));
        }
        return List.copyOf(slots);
    }

    /** Free ports, searched from a random one on, so that two rehearsals that begin at the same time do not collide. */
    static List<Integer> freePorts(int count) {
        int begin = ThreadLocalRandom.current().nextInt(LAST - FIRST);
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < LAST - FIRST && ports.size() < count; i++) {
            int port = FIRST + (begin + i) % (LAST - FIRST);
            if (isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new UnplayableException("needs " + count + " free ports from " + FIRST + " to " + LAST);
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort() == port;
        } catch (IOException e) {
            return false;
        }
    }
}
