package io.tidegate.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.client.OkHttpTransport;
import io.tidegate.client.Options;
import io.tidegate.client.TidegateClient;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The first thing that anybody tries: subscribe, publish, and see the own message. */
class OwnMessageIT {
    private static final int TRIES = 100;
    private static final long SECONDS = 20;

    @ParameterizedTest
    @CsvSource({"se,false", "se,true", "mp,false", "mp,true"})
    void whoSubscribesAndThenPublishesGetsTheOwnMessageEachTime(String runtime, boolean throughRedis)
            throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        try (RedisServer redis = RedisServer.start()) {
            if (throughRedis) {
                settings.put("tidegate.relay.url", redis.url().toString());
            }
            try (ServerProcess server = ServerProcess.start(jar(runtime), settings)) {
                Options options = Options.of("ws://localhost:" + server.port() + "/chat");
                int own = 0;
                for (int i = 0; i < TRIES; i++) {
                    own += getsItsOwn(options, "topic-" + i) ? 1 : 0;
                }
                assertEquals(TRIES, own);
            }
        }
    }

    /** By a client that trusts the server's certificate and no other. */
    @ParameterizedTest
    @ValueSource(strings = {"se", "mp"})
    void theSameOverTls(String runtime, @TempDir Path directory) throws Exception {
        Path jar = jar(runtime);
        Map<String, String> settings = tls(jar, directory);
        Options.Threads shared = Options.Threads.shared();
        try (ServerProcess server = ServerProcess.start(jar, settings);
                HttpClient http = HttpClient.newBuilder()
                        .sslContext(context(trust(directory.resolve("tls.crt"))))
                        .build()) {
            Options options = Options.of("wss://localhost:" + server.port() + "/chat")
                    .withThreads(new Options.Threads(http, shared.scheduler(), shared.listeners()));
            for (int i = 0; i < TRIES; i++) {
                assertTrue(getsItsOwn(options, "topic-" + i));
            }
        }
    }

    /** By OkHttp's sockets, over TLS: both directions compressed, as the server counts. */
    @ParameterizedTest
    @ValueSource(strings = {"se", "mp"})
    void theSameCompressed(String runtime, @TempDir Path directory) throws Exception {
        Path jar = jar(runtime);
        Map<String, String> settings = new HashMap<>(tls(jar, directory));
        settings.put("tidegate.compression", "true");
        settings.put("tidegate.tls.management", "false");
        X509TrustManager trust = trust(directory.resolve("tls.crt"));
        OkHttpClient http = new OkHttpClient.Builder()
                .sslSocketFactory(context(trust).getSocketFactory(), trust)
                .build();
        try (ServerProcess server = ServerProcess.start(jar, settings);
                TidegateClient client =
                        OkHttpTransport.connect(Options.of("wss://localhost:" + server.port() + "/chat"), http)) {
            BlockingQueue<String> messages = new ArrayBlockingQueue<>(TRIES);
            client.subscribe("tea", message -> messages.add(message.message()));
            String text = "\"" + "a word that comes back. ".repeat(100) + "\"";
            for (int i = 0; i < TRIES; i++) {
                client.publish("tea", text).get(SECONDS, TimeUnit.SECONDS);
                assertEquals(text, messages.poll(SECONDS, TimeUnit.SECONDS));
            }
            for (String direction : List.of("received", "sent")) {
                String series = "websocket_compression_" + direction + "_bytes_total";
                double plain = server.metric(series, "form=\"plain\"");
                double deflated = server.metric(series, "form=\"deflated\"");
                assertTrue(plain > TRIES * text.length(), direction + " " + plain);
                assertTrue(deflated < plain / 5, direction + " " + deflated + " of " + plain);
            }
        } finally {
            http.dispatcher().executorService().shutdown();
            http.connectionPool().evictAll();
        }
    }

    private static Map<String, String> tls(Path jar, Path directory) throws Exception {
        Process maker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        jar.toString(),
                        "io.tidegate.tls.LocalCertificate",
                        directory.toString())
                .inheritIO()
                .start();
        assertEquals(0, maker.waitFor());
        return Map.of(
                "tidegate.tls.certificate", directory.resolve("tls.crt").toString(),
                "tidegate.tls.key", directory.resolve("tls.key").toString());
    }

    private static X509TrustManager trust(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return (X509TrustManager) trust.getTrustManagers()[0];
    }

    private static SSLContext context(X509TrustManager trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust}, null);
        return context;
    }

    private static Path jar(String runtime) {
        return Path.of("..", runtime + "-server", "target", "tidegate-" + runtime + "-server.jar");
    }

    private static boolean getsItsOwn(Options options, String topic) throws InterruptedException {
        BlockingQueue<String> messages = new ArrayBlockingQueue<>(10);
        try (TidegateClient client = TidegateClient.connect(options)) {
            client.subscribe(topic, message -> messages.add(message.message()));
            var unused = client.publish(topic, "\"hi\"");
            return "\"hi\"".equals(messages.poll(SECONDS, TimeUnit.SECONDS));
        }
    }
}
