package io.tidegate.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;

/** Reads a JWK Set on each call: from a file, or by HTTP without following redirects. */
interface KeySetSource extends AutoCloseable {
    /** The timeout of a connection, and of an answer. */
    Duration TIMEOUT = Duration.ofSeconds(5);

    /** The largest answer. */
    int MAX_BYTES = 1 << 20;

    /** The source at this path or URL. */
    static KeySetSource at(String location) {
        return location.contains("://") ? new Remote(location) : new OfFile(location);
    }

    /** The location, for messages. */
    String location();

    /** The bytes of the set. */
    byte[] bytes() throws IOException, InterruptedException;

    /**
     * The public keys of the set, at least one.
     *
     * @throws IOException where there is no such set
     */
    default JWKSet read() throws IOException, InterruptedException {
        byte[] bytes = bytes();
        try {
            JWKSet set = JWKSet.parse(new String(bytes, UTF_8)).toPublicJWKSet();
            if (set.isEmpty()) {
                throw new IOException("a JWK Set without public keys");
            }
            return set;
        } catch (ParseException e) {
            throw new IOException("no JWK Set", e);
        }
    }

    @Override
    default void close() {}

    /** A file, which may be replaced. */
    record OfFile(String location) implements KeySetSource {
        @Override
        public byte[] bytes() throws IOException {
            return Files.readAllBytes(Path.of(location));
        }
    }

    /** An HTTP server. */
    record Remote(String location, HttpClient client) implements KeySetSource {
        Remote(String location) {
            this(
                    location,
                    HttpClient.newBuilder()
                            .connectTimeout(TIMEOUT)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .build());
        }

        @Override
        public byte[] bytes() throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(location))
                    .timeout(TIMEOUT)
                    .header("Accept", "application/jwk-set+json, application/json")
                    .build();
            HttpResponse<byte[]> response =
                    client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
            if (response.statusCode() != 200) {
                throw new IOException("HTTP status " + response.statusCode());
            }
            return response.body();
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }
}
