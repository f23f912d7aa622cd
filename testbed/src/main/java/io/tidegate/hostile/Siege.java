package io.tidegate.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Strangers attack a server, each with its own attack, while a client publishes and a kubelet checks the server's health.
 */
public final class Siege {
    private static final long PAUSE_NANOS = 5_000_000;

    /** The pause between two attacks of a kind, so that the attackers do not use all of a small machine. */
    private static final long BREATH_NANOS = 25_000_000;

    private final Attack.Ports ports;
    private final Collection<Attack> attacks;
    private final long seed;
    private final Map<Attack, Long> times = Collections.synchronizedMap(new EnumMap<>(Attack.class));
    private final List<String> harm = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    /**
     * The effect of the attacks on others.
     *
     * @param times how often each attack was made
     * @param harm a sentence for each harm; empty where there was none
     * @param echoes milliseconds that the client's messages took, ascending
     * @param health milliseconds that the answers to the kubelet took, ascending
     */
    public record Outcome(Map<Attack, Long> times, List<String> harm, List<Double> echoes, List<Double> health) {
        /** The quantile of ascending values: this part of them is lower. */
        public static double quantile(List<Double> ascending, double part) {
            return ascending.isEmpty() ? Double.NaN : ascending.get((int) (part * (ascending.size() - 1)));
        }
    }

    public Siege(Attack.Ports ports, Collection<Attack> attacks, long seed) {
        this.ports = ports;
        this.attacks = attacks;
        this.seed = seed;
        attacks.forEach(attack -> times.put(attack, 0L));
    }

    /** Attacks for this long. Without attacks the result shows the server's speed. */
    public Outcome hold(Duration duration) throws InterruptedException {
        List<Double> echoes = Collections.synchronizedList(new ArrayList<>());
        List<Double> health = Collections.synchronizedList(new ArrayList<>());
        List<Thread> attackers = attacks.stream().map(this::attacker).toList();
        List<Thread> others = List.of(
                Thread.ofPlatform().start(() -> publish(echoes)),
                Thread.ofPlatform().start(() -> askHealth(health)));
        Thread.sleep(duration);
        over = true;
        for (Thread other : others) {
            other.join();
        }
        for (Thread attacker : attackers) {
            while (!attacker.join(Duration.ofMillis(100))) {
                Hostile.cutAll();
            }
        }
        Collections.sort(echoes);
        Collections.sort(health);
        return new Outcome(times, List.copyOf(harm), List.copyOf(echoes), List.copyOf(health));
    }

    private Thread attacker(Attack attack) {
        Random random = new Random(seed + attack.name().hashCode());
        return Thread.ofPlatform().daemon().name(attack.name()).start(() -> {
            while (!over) {
                try {
                    attack.once(ports, random);
                } catch (IOException e) {
                    // The server may cut the connection.
                }
                times.merge(attack, 1L, Long::sum);
                LockSupport.parkNanos(BREATH_NANOS);
            }
        });
    }

    private void publish(List<Double> echoes) {
        try (Bystander client = new Bystander(ports.webSocket(), "quiet")) {
            while (!over) {
                echoes.add(client.echo() / 1e6);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            harm.add("the client: " + e);
        }
    }

    /** Checks the health on separate connections, as a kubelet does. */
    private void askHealth(List<Double> health) {
        while (!over) {
            long begun = System.nanoTime();
            try (Socket kubelet = new Socket(InetAddress.getLoopbackAddress(), ports.management())) {
                kubelet.setSoTimeout(10_000);
                kubelet.getOutputStream()
                        .write("GET /health/live HTTP/1.0\r\n\r\n"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                String answer = new String(
                        kubelet.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
                if (!answer.startsWith("HTTP/1.1 200 ")) {
                    harm.add("health: " + answer);
                }
            } catch (IOException e) {
                harm.add("health: " + e);
            }
            health.add((System.nanoTime() - begun) / 1e6);
            LockSupport.parkNanos(10 * PAUSE_NANOS);
        }
    }
}
