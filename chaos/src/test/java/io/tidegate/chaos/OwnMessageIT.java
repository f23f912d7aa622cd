package io.tidegate.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.client.OkHttpTransport;
import io.tidegate.client.Options;
import io.tidegate.client.TidegateClient;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
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
        OwnCertificate certificate = OwnCertificate.make(jar, directory);
        Options.Threads shared = Options.Threads.shared();
        try (ServerProcess server = ServerProcess.start(jar, certificate.settings());
                HttpClient http = HttpClient.newBuilder()
                        .sslContext(certificate.context())
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
        OwnCertificate certificate = OwnCertificate.make(jar, directory);
        Map<String, String> settings = new HashMap<>(certificate.settings());
        settings.put("tidegate.compression", "true");
        OkHttpClient http = new OkHttpClient.Builder()
                .sslSocketFactory(certificate.context().getSocketFactory(), certificate.trust())
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
