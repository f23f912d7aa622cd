package io.tidegate.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A back end that requests the users of a topic every second over HTTP. No user of that topic comes or goes. */
final class PresenceAsker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final int expected;
    private final Thread thread;
    private final Set<Integer> wrong = new TreeSet<>();
    private int answers;
    private int failures;
    private volatile boolean closed;

    /** @param expected the number of users */
    PresenceAsker(int apiPort, String topic, int expected) {
        this.url = "http://localhost:" + apiPort + "/api/topics/" + topic + "/presence";
        this.expected = expected;
        this.thread = Thread.ofVirtual().name("back end").start(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                count();
                TimeUnit.SECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            // The asker was closed.
        }
    }

    private void count() throws InterruptedException {
        try {
            int count = page("").path("count").asInt();
            synchronized (this) {
                answers++;
                if (count != expected) {
                    wrong.add(count);
                }
            }
        } catch (IOException e) {
            // A pod has ended. Another pod gives the next answer.
            synchronized (this) {
                failures++;
            }
        }
    }

    /** Reads the whole list, page by page. */
    Set<String> list() throws InterruptedException, IOException {
        Set<String> names = new HashSet<>();
        String after = "";
        while (true) {
            JsonNode page = page("?limit=1000" + after);
            page.path("users").forEach(user -> names.add(user.path("user").asText()));
            if (page.path("next").isNull()) {
                return names;
            }
            after = "&after=" + page.path("next").asText();
        }
    }

    private JsonNode page(String query) throws InterruptedException, IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + query))
                .header("Authorization", "Bearer " + Fleet.API_KEY)
                .timeout(ANSWER)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException(answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    /** The errors in its answers. */
    synchronized List<String> complaints() {
        return wrong.isEmpty()
                ? List.of()
                : List.of("a back end was answered that " + wrong + " were there, of " + expected);
    }

    /** For a human. */
    synchronized String text() {
        return answers + " answers to a back end, " + failures + " without one";
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        http.shutdownNow();
    }
}
