package io.tidegate.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.UnaryOperator;

/** A client on manual time whose server is the test, and which calls its listeners on the test's thread. */
final class ClientFixture {
    /** No thread is started as long as nobody uses them, and nobody does. */
    private static final HttpClient NO_HTTP = HttpClient.newHttpClient();

    private static final ScheduledThreadPoolExecutor NO_SCHEDULER = new ScheduledThreadPoolExecutor(0);

    final ManualTimers timers = new ManualTimers();
    final Wire wire = new Wire();
    final List<State> states = new ArrayList<>();
    final List<String> reasons = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final TidegateClient client;

    ClientFixture() {
        this(Options.Bounds.DEFAULT, Runnable::run);
    }

    ClientFixture(Options.Bounds bounds, Executor listeners) {
        this(options -> options.withBounds(bounds).withThreads(new Options.Threads(NO_HTTP, NO_SCHEDULER, listeners)));
    }

    /** @param choice changes what the others have */
    ClientFixture(UnaryOperator<Options> choice) {
        client = new TidegateClient(options(choice), wire, timers, new Random(1));
        client.reconnect();
    }

    Options options(UnaryOperator<Options> choice) {
        return choice.apply(Options.of("ws://one/chat", "ws://two/chat")
                .withThreads(new Options.Threads(NO_HTTP, NO_SCHEDULER, Runnable::run))
                .withStates(change -> {
                    states.add(change.to());
                    reasons.add(change.reason());
                }));
    }

    /** Writes down what it is told. */
    TopicListener listener() {
        return new TopicListener() {
            @Override
            public void message(Message message) {
                told.add(message.position().orElse("not kept"));
            }

            @Override
            public void lost(Gap gap) {
                told.add("lost after " + gap.after().orElse("nothing"));
            }

            @Override
            public void refused(Refusal refusal) {
                told.add("refused: " + refusal.code());
            }
        };
    }

    /** Subscribed to {@code tea}, at position 0. */
    Wire.Peer live() {
        client.subscribe("tea", listener());
        Wire.Peer end = wire.last().welcome();
        end.subscribed("tea", "0", true);
        end.sent.clear();
        return end;
    }

    @CanIgnoreReturnValue
    CompletableFuture<Ack> publish(String id) {
        return publish(Publication.of("tea", "1").withId(id));
    }

    @CanIgnoreReturnValue
    CompletableFuture<Ack> publish(Publication publication) {
        try {
            return client.publish(publication);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    void advance(Duration time) {
        timers.advance(time);
    }
}
