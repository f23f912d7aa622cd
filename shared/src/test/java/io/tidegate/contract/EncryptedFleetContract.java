package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.SelfSigned;
import io.tidegate.testing.ServerFrames;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet whose nodes speak TLS and compress: a client goes from one to the other and cannot tell them apart. */
abstract class EncryptedFleetContract {
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";

    abstract Path jar();

    /** What the second server of a fleet runs. */
    Path secondJar() {
        return jar();
    }

    @Test
    void aDrainedClientResumesElsewhereOverTlsAndCompressed(@TempDir Path folder) {
        SelfSigned files = SelfSigned.in(folder);
        SocketFactory sockets = files.trusting().getSocketFactory();
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, files);
                ServerProcess b = ready(secondJar(), redis, files);
                FullClient ann = connect(sockets, a, "?topic=tea");
                FullClient ben = connect(sockets, b, "?topic=tea")) {
            ann.expect("subscribed");
            ben.expect("subscribed");
            String message = "a word that comes back. ".repeat(40);
            ben.publish("tea", "before " + message);
            String seen = compressed(ann, "before ");
            a.terminate();
            ann.expect("server-shutdown");
            assertEquals(compressed(ben, "before "), seen);
            ben.publish("tea", "meanwhile " + message);
            try (FullClient next = connect(sockets, b, "")) {
                next.resume("tea", seen);
                assertEquals(seen, next.expect("subscribed").position());
                compressed(next, "meanwhile ");
                ben.publish("tea", "after " + message);
                compressed(next, "after ");
            }
            ann.raw().send(ClientFrames.close(1000, ""));
            assertEquals(0, a.awaitExit(Duration.ofSeconds(30)), a::output);
        }
    }

    /** The position of the message that comes next, compressed and with this beginning. */
    private static String compressed(FullClient client, String beginning) {
        ServerFrames.Frame frame = client.raw().frame();
        assertTrue(frame.compressed(), frame::text);
        FullClient.Frame message = new FullClient.Frame(frame.text());
        assertTrue(message.message().startsWith(beginning), frame::text);
        return message.position();
    }

    private static FullClient connect(SocketFactory sockets, ServerProcess server, String query) {
        return FullClient.connect(sockets, server.port(), query, CompressionContract.OFFER, FULL);
    }

    private static ServerProcess ready(Path jar, RedisServer redis, SelfSigned files) {
        Map<String, String> settings = new HashMap<>();
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.tls.certificate", files.certificate().toString());
        settings.put("tidegate.tls.key", files.key().toString());
        settings.put("tidegate.tls.management", "false");
        settings.put("tidegate.compression", "true");
        settings.put("tidegate.heartbeat", "60s");
        settings.put("tidegate.idle", "120s");
        ServerProcess server = ServerProcess.start(jar, settings);
        Await.until(
                "ready",
                Duration.ofSeconds(10),
                () -> server.get("/health/ready").statusCode() == 200);
        return server;
    }
}
