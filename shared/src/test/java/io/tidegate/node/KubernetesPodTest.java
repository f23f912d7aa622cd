package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an API server that is a stand-in, over real TLS; {@code .ci/cluster} tries it against the real one. */
final class KubernetesPodTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final List<String> asked = new CopyOnWriteArrayList<>();

    @TempDir
    static Path stores;

    private static KeyStore own;

    @TempDir
    Path account;

    private HttpsServer server;
    private volatile int status = 200;

    @BeforeAll
    static void makeKeys() throws IOException, GeneralSecurityException, InterruptedException {
        own = keys("own");
    }

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        write("ca.crt", certificate(own));
        write("token", "first-token\n");
        write("namespace", "realtime");
        listen();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void annotationIsPatchedWithTheTokenOfTheMoment() throws IOException, InterruptedException {
        KubernetesPod pod = pod();
        pod.annotate("example.com/a", "7");
        write("token", "second-token");
        pod.annotate("example.com/a", "8");

        String request = "PATCH /api/v1/namespaces/realtime/pods/chat-7d9f-x2x application/merge-patch+json Bearer ";
        assertEquals(
                List.of(
                        request + "first-token {\"metadata\":{\"annotations\":{\"example.com/a\":\"7\"}}}",
                        request + "second-token {\"metadata\":{\"annotations\":{\"example.com/a\":\"8\"}}}"),
                asked);
    }

    @Test
    void refusalSaysWhatTheApiServerSays() {
        status = 403;

        IOException refused = assertThrows(IOException.class, () -> pod().annotate("a", "1"));
        assertEquals("HTTP status 403: {\"message\":\"no\"}", refused.getMessage());
    }

    @Test
    void serverWithAnotherCertificateIsNotTalkedTo()
            throws IOException, GeneralSecurityException, InterruptedException {
        write("ca.crt", certificate(keys("other")));

        assertThrows(SSLHandshakeException.class, () -> pod().annotate("a", "1"));
        assertEquals(List.of(), asked);
    }

    @Test
    void processThatIsNoPodIsToldWhatIsMissing() throws IOException {
        Files.delete(account.resolve("token"));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> KubernetesPod.own(Map.of("KUBERNETES_SERVICE_PORT", "443"), account, "chat", "tidegate.x"));

        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("tidegate.x works only in a pod"), message);
        assertTrue(message.contains("KUBERNETES_SERVICE_HOST, " + account.resolve("token") + " ("), message);
    }

    @Test
    void addressOfVersion6IsWrittenInBrackets() {
        Map<String, String> environment =
                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");

        assertEquals(
                URI.create("https://[fd00::1]:443"),
                KubernetesPod.own(environment, account, "chat", "x").api());
    }

    private KubernetesPod pod() {
        Map<String, String> environment = Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                String.valueOf(server.getAddress().getPort()));
        return KubernetesPod.own(environment, account, "chat-7d9f-x2x", "x");
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        byte[] body = "{\"message\":\"no\"}".getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void listen() throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", this::answer);
        server.start();
    }

    private static KeyStore keys(String name) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = stores.resolve(name + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", "a", "-keyalg", "EC"));
        command.addAll(List.of("-dname", "CN=kubernetes", "-ext", "san=ip:127.0.0.1"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", String.valueOf(PASSWORD)));
        Process made = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(0, made.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(account.resolve(file), text);
    }

    private static String certificate(KeyStore keys) throws GeneralSecurityException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getCertificate("a").getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    }
}
