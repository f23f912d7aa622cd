package io.tidegate.testing;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import io.tidegate.relay.RelayStatus;
import io.tidegate.relay.RelayUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A relay that a test holds in its hand: it delivers at once, later, or not at all. */
public final class FakeRelay implements Relay {
    private final Receiver receiver;
    public final List<CompletableFuture<Void>> unanswered = new ArrayList<>();
    public final List<String> subscriptions = new ArrayList<>();
    public boolean down;
    public boolean holding;

    /** A relay that is up and delivers at once. */
    public FakeRelay(Receiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public CompletionStage<Void> publish(Topic topic, Message message) {
        if (down) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("down"));
        }
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (holding) {
            unanswered.add(answer);
            return answer;
        }
        receiver.receive(topic, message, 0);
        answer.complete(null);
        return answer;
    }

    @Override
    public CompletionStage<Void> subscribe(Topic topic) {
        subscriptions.add("+" + topic);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void unsubscribe(Topic topic) {
        subscriptions.add("-" + topic);
    }

    @Override
    public RelayStatus status() {
        return down ? new RelayStatus.Down(0, "down") : new RelayStatus.Up();
    }

    @Override
    public void close() {}
}
