import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A back end in Java: publishes one message and many, reads them back, sees who listens. Java 17 or later, no library. */
public class Orders {
    private static final String API = System.getenv().getOrDefault("TIDEGATE_API", "http://localhost:8090/api");
    private static final String KEY = System.getenv("TIDEGATE_API_KEY"); // One of tidegate.api.keys.
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] args) throws IOException, InterruptedException {
        String order = ask(request("/topics/orders/messages")
                .header("Idempotency-Key", "order-17")
                .POST(BodyPublishers.ofString("{\"total\":9.5}")));
        System.out.println("published: " + order);

        System.out.println("batch: " + ask(request("/messages").POST(BodyPublishers.ofString("""
                [{"topic":"orders","message":{"total":3},"id":"order-18"},
                 {"topic":"stock","message":{"tea":41},"user":"shop","id":"stock-7"}]"""))));

        // With the JSON library of your application; here the shortest that will do.
        String position = order.replaceAll(".*\"position\":\"([^\"]*)\".*", "$1");
        System.out.println("behind it: " + ask(request("/topics/orders/messages?after=" + position)));

        System.out.println("present: " + ask(request("/topics/orders/presence")));
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(API + path))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json");
    }

    private static String ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() < 300) {
                return response.body();
            }
            // Nobody knows whether it was published: with the same key and the same ids it may be sent again.
            if (response.statusCode() != 503 || attempt == 5) {
                throw new IOException(response.statusCode() + " " + response.body());
            }
            Thread.sleep(1_000 * response.headers().firstValueAsLong("Retry-After").orElse(1));
        }
    }
}
