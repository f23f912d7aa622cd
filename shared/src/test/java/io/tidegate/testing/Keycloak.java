package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A real Keycloak as a process of this machine, with the realm of {@code examples/keycloak}. */
public final class Keycloak implements AutoCloseable {
    private static final Duration READY = Duration.ofMinutes(3);
    private static final String ADMIN = "admin";

    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;
    private final Process process;

    /** What a login answers. */
    public record Login(int status, String accessToken, String refreshToken) {}

    private Keycloak(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one, and waits until it answers.
     *
     * @param home where its distribution is unpacked
     * @param realm to be imported
     */
    public static Keycloak start(Path home, Path realm) {
        try {
            Folders.delete(home.resolve("data"));
            Path imports = Files.createDirectories(home.resolve("data").resolve("import"));
            Files.copy(realm, imports.resolve(realm.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            int port = FreePort.find();
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            home.resolve("bin").resolve("kc.sh").toString(),
                            "start-dev",
                            "--import-realm",
                            "--http-host=127.0.0.1",
                            "--http-port=" + port,
                            "--cache=local"))
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("data").resolve("log").toFile());
            builder.environment()
                    .putAll(Map.of(
                            "JAVA_HOME", System.getProperty("java.home"),
                            "KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN,
                            "KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN));
            Keycloak keycloak = new Keycloak(port, builder.start());
            Await.until("Keycloak answers", READY, keycloak::isReady);
            return keycloak;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isReady() {
        if (!process.isAlive()) {
            throw new AssertionError("Keycloak has ended with " + process.exitValue());
        }
        try {
            return send("GET", "/realms/chat/protocol/openid-connect/certs", "", "")
                            .statusCode()
                    == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Of the realm {@code chat}: the URL of its keys. */
    public String keys() {
        return issuer() + "/protocol/openid-connect/certs";
    }

    /** Its issuer. */
    public String issuer() {
        return "http://127.0.0.1:" + port + "/realms/chat";
    }

    /** A token for these fields of the form. */
    public Login login(String realm, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        HttpResponse<String> response = send("POST", "/realms/" + realm + "/protocol/openid-connect/token", "", body);
        return new Login(
                response.statusCode(),
                member(response.body(), "access_token"),
                member(response.body(), "refresh_token"));
    }

    /** The administrator's token. */
    public Login admin() {
        return login(
                "master",
                Map.of("client_id", "admin-cli", "grant_type", "password", "username", ADMIN, "password", ADMIN));
    }

    /** Gives the realm a new key that signs from now on; the old one still checks. */
    public void rotateKeys() {
        String realm = member(manage("GET", "", "").body(), "id");
        String key = """
                {"name":"rotated","providerId":"rsa-generated","providerType":"org.keycloak.keys.KeyProvider",
                "parentId":"%s","config":{"priority":["1000"],"enabled":["true"],"active":["true"],"algorithm":["RS256"]}}
                """.formatted(realm);
        require(201, manage("POST", "/components", key));
    }

    public void disable(String user) {
        String found = manage("GET", "/users?exact=true&username=" + user, "").body();
        require(204, manage("PUT", "/users/" + member(found, "id"), "{\"enabled\":false}"));
    }

    private static void require(int status, HttpResponse<String> response) {
        if (response.statusCode() != status) {
            throw new AssertionError("HTTP status " + response.statusCode() + ": " + response.body());
        }
    }

    private HttpResponse<String> manage(String method, String path, String json) {
        return send(method, "/admin/realms/chat" + path, admin().accessToken(), json);
    }

    private HttpResponse<String> send(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The first member of this name; empty where there is none. */
    private static String member(String json, String name) {
        Matcher member = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        return member.find() ? member.group(1) : "";
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
    }
}
