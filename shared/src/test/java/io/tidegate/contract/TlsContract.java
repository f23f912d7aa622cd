package io.tidegate.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.ClientPool;
import io.tidegate.testing.MostlyWaits;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.SelfSigned;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that are encrypted by the server itself (docs/configuration.md, TLS). */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TlsContract {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int CLIENTS = 1_000;
    private static final String SLOW = "websocket_slow_consumers_total";

    private Path directory;
    private SelfSigned files;
    private ServerProcess server;

    abstract Path jar();

    private static Map<String, String> settings(SelfSigned files) {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.tls.certificate", files.certificate().toString());
        settings.put("tidegate.tls.key", files.key().toString());
        settings.put("tidegate.limits.queue", "128KiB");
        settings.put("tidegate.drain.notice", "0s");
        settings.put("tidegate.drain.window", "1s");
        return settings;
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        directory = folder;
        files = SelfSigned.in(folder);
        Map<String, String> settings = settings(files);
        settings.put("tidegate.tls.clients", files.certificate().toString());
        server = ServerProcess.start(jar(), settings);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static int status(SSLContext context, int port, String path, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private double metric(String name) {
        RawClient client = new RawClient(files.showing().getSocketFactory(), server.managementPort());
        try (client) {
            String text = client.request(List.of("GET /metrics HTTP/1.1", "Host: localhost", "Connection: close"))
                    .body();
            return (text.isEmpty() ? client.rest() : text)
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private double connections() {
        return metric("websocket_active_connections");
    }

    /** Whether a new handshake gets that one. */
    private static boolean isShown(SelfSigned certificate, int port) {
        try (SSLSocket socket = (SSLSocket)
                certificate.trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.startHandshake();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void everyPortSpeaksTlsAndNothingElse() throws Exception {
        assertEquals(200, status(files.trusting(), server.port(), "/"));
        assertEquals(200, status(files.showing(), server.managementPort(), "/metrics"));
        assertEquals(
                404,
                status(files.showing(), server.apiPort(), "/api/nothing", "Authorization", "Bearer " + ApiClient.KEY));
        double failed = metric("websocket_tls_handshakes_failed_total");
        for (int port : new int[] {server.port(), server.managementPort(), server.apiPort()}) {
            try (RawClient plain = new RawClient(port)) {
                plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
                assertFalse(plain.rest().contains("HTTP"));
            }
        }
        assertTrue(metric("websocket_tls_handshakes_failed_total") >= failed + 3);
        assertEquals(files.shown().getNotAfter().toInstant().getEpochSecond(), (long)
                metric("tidegate_tls_certificate_expiry_timestamp_seconds"));
    }

    @Test
    void theApiAndTheManagementPortAskForACertificateButProbesNeedNone() throws Exception {
        assertThrows(IOException.class, () -> status(files.trusting(), server.apiPort(), "/api/nodes"));
        assertEquals(200, status(files.trusting(), server.managementPort(), "/health/live"));
        assertEquals(200, status(files.trusting(), server.managementPort(), "/health/ready"));
        assertEquals(403, status(files.trusting(), server.managementPort(), "/metrics"));
        assertEquals(403, status(files.trusting(), server.managementPort(), "/health/../metrics"));
        assertEquals(403, status(files.trusting(), server.managementPort(), "/connections"));
        assertEquals(200, status(files.showing(), server.managementPort(), "/connections"));
        SelfSigned stranger = SelfSigned.in(Files.createDirectory(directory.resolve("stranger")));
        assertThrows(IOException.class, () -> status(stranger.showing(), server.managementPort(), "/metrics"));
    }

    @Test
    void messagesOfEverySizeGoBothWays() {
        SocketFactory sockets = files.trusting().getSocketFactory();
        String large = "x".repeat(60_000);
        try (RawClient one = RawClient.connect(sockets, server.port(), "/");
                RawClient other = RawClient.connect(sockets, server.port(), "/")) {
            for (String text : List.of("a", large, "b")) {
                one.text(text);
                assertEquals(text, one.message());
                assertEquals(text, other.message());
            }
            one.send(ClientFrames.close(1000, ""));
            assertEquals(1000, one.frame().closeCode());
            one.awaitEnd();
        }
    }

    /** More than TCP and the queue hold: the server closes it, and goes on with the others. */
    @Test
    void whoDoesNotReadIsClosedAndNobodyWaitsForIt() {
        SocketFactory sockets = files.trusting().getSocketFactory();
        double before = connections();
        double closed = metric(SLOW);
        try (ClientPool good = new ClientPool().join(sockets, 3, server.port(), "/");
                RawClient deaf = RawClient.connect(sockets, server.port(), "/")) {
            int sent = 0;
            while (metric(SLOW) == closed) {
                good.client(0).says("x".repeat(60_000));
                int due = ++sent;
                Await.until("the others have it", LIMIT, () -> good.allReceived(due));
            }
            Await.until("it is gone", LIMIT, () -> connections() == before + 3);
            deaf.awaitEnd();
        }
    }

    @Test
    @Timeout(30)
    @MostlyWaits
    void whoDoesNotFinishItsHandshakeIsClosed() {
        try (RawClient silent = new RawClient(server.port());
                RawClient half = new RawClient(server.port())) {
            // The beginning of a ClientHello (RFC 8446, section 4.1.2).
            half.send(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3});
            silent.readForEver();
            half.readForEver();
            silent.awaitEnd();
            half.awaitEnd();
        }
    }

    /** The certificate is replaced before its key: for a moment they do not fit. */
    @Test
    void aNewCertificateCountsForNewHandshakesAndNoConnectionNotices() throws Exception {
        SelfSigned first = SelfSigned.in(Files.createDirectory(directory.resolve("first")));
        try (ServerProcess own = ServerProcess.start(jar(), settings(first));
                ClientPool clients = new ClientPool()) {
            clients.join(first.trusting().getSocketFactory(), CLIENTS, own.port(), "/");
            clients.client(0).says("before");
            Await.until("all have it", LIMIT, () -> clients.allReceived(1));

            SelfSigned next = SelfSigned.in(Files.createDirectory(directory.resolve("next")));
            Files.copy(next.certificate(), first.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), first.key(), StandardCopyOption.REPLACE_EXISTING);
            Await.until("the new one is shown", LIMIT, () -> isShown(next, own.port()));
            clients.client(0).says("after");
            Await.until("all have it", LIMIT, () -> clients.allReceived(2));
            assertTrue(clients.clients().stream().noneMatch(ClientPool.Client::ended));

            own.terminate();
            assertEquals(0, own.awaitExit(LIMIT));
            Await.until(
                    "all are closed", LIMIT, () -> clients.clients().stream().allMatch(ClientPool.Client::ended));
            assertEquals(
                    Set.of(1012),
                    clients.clients().stream().map(ClientPool.Client::closeCode).collect(Collectors.toSet()));
            assertEquals(
                    "",
                    own.output()
                            .lines()
                            .filter(line -> line.contains("Exception"))
                            .collect(Collectors.joining()));
        }
    }

    /** That is {@code helm test}. */
    @Test
    void theTestOfAReleaseTakesEveryCertificate() throws Exception {
        Process test = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        jar().toString(),
                        "io.tidegate.node.RoundTrip",
                        "wss://127.0.0.1:" + server.port(),
                        "20s")
                .redirectErrorStream(true)
                .start();
        String said = new String(test.getInputStream().readAllBytes(), US_ASCII);
        assertEquals(0, test.waitFor(), said);
    }

    @Test
    @MostlyWaits
    void aServerDoesNotStartWithTheKeyOfAnotherCertificate() throws Exception {
        SelfSigned other = SelfSigned.in(Files.createDirectory(directory.resolve("other")));
        Map<String, String> settings = settings(files);
        settings.put("tidegate.tls.key", other.key().toString());
        try (ServerProcess vain = ServerProcess.startInVain(jar(), settings)) {
            assertEquals(2, vain.awaitExit(Duration.ZERO));
            assertTrue(
                    vain.output()
                            .endsWith("tidegate.tls: " + other.key() + " is not the key of the certificate in "
                                    + files.certificate()),
                    vain::output);
            assertEquals(1, vain.output().lines().count(), vain::output);
        }
    }
}
