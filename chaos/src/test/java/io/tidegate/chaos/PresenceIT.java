package io.tidegate.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.client.From;
import io.tidegate.client.Options;
import io.tidegate.client.PresenceListener;
import io.tidegate.client.Subscription;
import io.tidegate.client.TidegateClient;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.workload.Issuer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is in a topic, as the Java client shows it, on a closed fleet of two servers. */
class PresenceIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TOPIC = "room";

    private final Issuer issuer = Issuer.create();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Runnable> closing = new ArrayList<>();

    @AfterEach
    void close() {
        closing.reversed().forEach(Runnable::run);
    }

    private ServerProcess start(String runtime, Map<String, String> settings) {
        Path jar = Path.of("..", runtime + "-server", "target", "tidegate-" + runtime + "-server.jar");
        ServerProcess server = ServerProcess.start(jar, settings);
        closing.add(server::close);
        return server;
    }

    /** A client of a user who is in the topic. */
    private TidegateClient come(String user, ServerProcess server) {
        TidegateClient client = connect(user, server);
        Await.value(
                user + " is there",
                LIMIT,
                client.subscribe(TOPIC, message -> {}).ready());
        return client;
    }

    private TidegateClient connect(String user, ServerProcess server) {
        TidegateClient client = TidegateClient.connect(Options.of("ws://localhost:" + server.port() + "/chat")
                .withToken(() -> issuer.token(user, Issuer.LONG)));
        closing.add(client::close);
        return client;
    }

    private final class Log implements PresenceListener {
        @Override
        public void joined(Optional<String> user) {
            told.add("+" + user.orElse(""));
        }

        @Override
        public void left(Optional<String> user) {
            told.add("-" + user.orElse(""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"se", "mp"})
    void whoComesAndGoesIsShownAndNobodyWhoOnlyMoves(String runtime) {
        RedisServer redis = RedisServer.start();
        closing.add(redis::close);
        Map<String, String> settings = new HashMap<>(issuer.settings());
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.presence.linger", "2s");
        ServerProcess east = start(runtime, settings);
        ServerProcess west = start("se", settings);

        TidegateClient watcher = connect("ann", east);
        Subscription room = watcher.subscribe(TOPIC, From.now(), message -> {}, new Log());
        Await.value("the list has come", LIMIT, room.ready());
        Await.until("ann is on it", () -> room.users().containsKey(Optional.of("ann")));
        TidegateClient ben = come("ben", east);
        Await.until("ben has come", () -> told.equals(List.of("+ben")));

        come("ben", west);
        ben.close();
        watcher.reconnect();
        TidegateClient cleo = come("cleo", west);
        Await.until("cleo has come", LIMIT, () -> told.equals(List.of("+ben", "+cleo")));
        cleo.close();
        Await.until("cleo has left, after her linger, and nobody else", LIMIT, () -> told.contains("-cleo"));
        assertEquals(List.of("+ben", "+cleo", "-cleo"), told);
        assertEquals(
                Set.of(Optional.of("ann"), Optional.of("ben")), room.users().keySet());
    }
}
