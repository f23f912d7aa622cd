package io.tidegate.contract;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A back end of one server. */
final class ApiClient {
    static final String KEY = "a-key-of-the-tests-0123456789-abcdef";
    static final String OTHER_KEY = "another-key-that-is-valid-0123456789";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;

    ApiClient(ServerProcess server) {
        this.port = server.apiPort();
    }

    /** What a server needs to have an API. */
    static Map<String, String> settings() {
        return Map.of("tidegate.api.keys", OTHER_KEY + "," + KEY);
    }

    /** An answer; its fields are read as those of a frame. */
    record Reply(int status, HttpResponse<String> response) {
        String body() {
            return response.body();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String position() {
            return field("position");
        }

        String field(String name) {
            return new Frame(body()).field(name);
        }

        int count(String regex) {
            Matcher found = Pattern.compile(regex).matcher(body());
            int count = 0;
            while (found.find()) {
                count++;
            }
            return count;
        }
    }

    Reply publish(String topic, String json, String... headers) {
        return ask("POST", "/api/topics/" + topic + "/messages", json, headers);
    }

    Reply get(String path) {
        return ask("GET", path, "");
    }

    /** With the key; the content is JSON unless a header says otherwise. */
    Reply ask(String method, String path, String body, String... headers) {
        return ask(method, path, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body), headers);
    }

    Reply ask(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = request(path).method(method, body).setHeader("Authorization", "Bearer " + KEY);
        if (body.contentLength() != 0) {
            request.setHeader("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    static Reply send(HttpRequest request) {
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(request.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
