package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;

/** What the tests of each relay share. */
abstract class RelayFixture {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final Topic TOPIC = new Topic("news");
    static final Topic OTHER = new Topic("weather");

    private final List<Relay> open = new ArrayList<>();

    /** Those of the relay that is tested, which a test has for itself. */
    abstract RelayNodes nodes();

    Relay node(Relay.Receiver receiver) {
        return node(receiver, Map.of());
    }

    /** A relay that is up. */
    Relay node(Relay.Receiver receiver, Map<String, String> settings) {
        Relay relay = nodes().join(settings, receiver, new Metrics());
        open.add(relay);
        return relay;
    }

    @AfterEach
    void closeAll() {
        open.forEach(Relay::close);
    }

    static <T> T value(CompletionStage<T> stage) {
        return Await.value("the relay answers", LIMIT, stage);
    }

    static void done(CompletionStage<?> stage) {
        value(stage.thenApply(nothing -> true));
    }

    static void arrived(Inbox inbox, int count) {
        Await.until(() -> inbox.size() + " of " + count + " arrived", LIMIT, () -> inbox.size() >= count);
    }

    /** So many publishes, no more of them under way at once than any machine carries in time. */
    static void inTurns(int count, IntFunction<CompletionStage<Position>> publish) {
        List<CompletionStage<Position>> turn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            turn.add(publish.apply(i));
            if (turn.size() == 500 || i == count - 1) {
                turn.forEach(RelayFixture::done);
                turn.clear();
            }
        }
    }
}
