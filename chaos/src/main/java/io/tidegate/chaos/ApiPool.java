package io.tidegate.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.check.Journal;
import io.tidegate.check.Payload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Back ends that publish over HTTP. Each publishes one message after the other: it repeats a request, with the same
 * {@code Idempotency-Key}, until the answer is 200.
 */
final class ApiPool extends ClientPool {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final String key;
    private final Load load;
    private final Journal journal;
    private final List<Thread> publishers = new ArrayList<>();
    private volatile boolean publishing = true;

    /**
     * Back ends that do nothing yet.
     *
     * @param first the number of their first publisher; publishers of other pools have lower numbers
     */
    ApiPool(int size, int first, Load load, Journal journal, Fleet fleet) {
        super("api");
        this.url = "http://localhost:" + fleet.apiPort();
        this.key = Fleet.API_KEY;
        this.load = load;
        this.journal = journal;
        for (int i = 0; i < size; i++) {
            int publisher = first + i;
            publishers.add(Thread.ofVirtual().name("api-" + i).unstarted(() -> publish(publisher)));
        }
    }

    private void publish(int publisher) {
        try {
            for (int number = 0; publishing; number++) {
                String topic = load.topics().of(publisher + number, 0);
                Payload payload = new Payload(publisher, number);
                journal.publishing(topic, payload);
                pending.incrementAndGet();
                journal.acknowledged(topic, payload, position(topic, payload));
                pending.decrementAndGet();
                TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String position(String topic, Payload payload) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/topics/" + topic + "/messages"))
                .header("Authorization", "Bearer " + key)
                .header("Idempotency-Key", payload.toString())
                .timeout(ANSWER)
                .POST(HttpRequest.BodyPublishers.ofString(payload.json()))
                .build();
        while (true) {
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == OK) {
                    JsonNode body = JSON.readTree(answer.body());
                    return body.path("position").asText();
                }
                if (answer.statusCode() != UNAVAILABLE) {
                    complaints.add(answer.statusCode() + ": " + answer.body());
                }
            } catch (IOException e) {
                // A pod has ended or is cut off, so the result is unknown.
            }
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(50, 400));
        }
    }

    @Override
    int live() {
        return publishers.size();
    }

    @Override
    int size() {
        return publishers.size();
    }

    @Override
    void publish() {
        publishers.forEach(Thread::start);
    }

    @Override
    void stop() {
        publishing = false;
    }

    @Override
    public void close() {
        publishers.forEach(Thread::interrupt);
        http.shutdownNow();
    }
}
