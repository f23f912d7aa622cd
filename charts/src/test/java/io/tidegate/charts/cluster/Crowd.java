package io.tidegate.charts.cluster;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients of the fleet, as many as wanted, that send as much as wanted. Used by one thread. */
final class Crowd implements AutoCloseable {
    private static final int TOPICS = 10;
    private static final Duration TICK = Duration.ofMillis(50);

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;
    private final List<Client> clients = new ArrayList<>();
    private final Thread sender = Thread.ofVirtual().unstarted(this::keepSending);
    final Tally tally = new Tally();
    private volatile List<Client> senders = List.of();
    private volatile int rate;
    private double owed;
    private int next;

    Crowd(URI address) {
        this.address = address;
        sender.start();
    }

    /** Lets clients come, or the youngest go. */
    void resize(int wanted) {
        while (clients.size() < wanted) {
            URI topic = address.resolve("/chat?topic=trial-" + clients.size() % TOPICS);
            clients.add(new PlainClient(http, topic, tally));
        }
        while (clients.size() > wanted) {
            clients.removeLast().close();
        }
        senders = List.copyOf(clients);
    }

    /** Messages a second of all together. */
    void rate(int wanted) {
        rate = wanted;
    }

    int wantedRate() {
        return rate;
    }

    int size() {
        return clients.size();
    }

    long connected() {
        return senders.stream().filter(Client::connected).count();
    }

    private void keepSending() {
        try {
            long last = System.nanoTime();
            while (true) {
                long now = System.nanoTime();
                tick(now - last);
                last = now;
                Thread.sleep(TICK);
            }
        } catch (InterruptedException e) {
            // The run is over.
        }
    }

    private void tick(long elapsedNanos) {
        List<Client> all = senders;
        owed = all.isEmpty() ? 0 : owed + rate * (elapsedNanos / 1e9);
        for (; owed >= 1; owed--) {
            all.get(Math.floorMod(next++, all.size())).send();
        }
    }

    @Override
    public void close() {
        sender.interrupt();
        resize(0);
        http.shutdownNow();
    }
}
