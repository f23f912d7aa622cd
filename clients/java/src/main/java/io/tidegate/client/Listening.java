package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One listener of a {@link Feed}. It is called in the listeners' mailbox. A topic with several listeners has one object
 * for each.
 */
final class Listening implements Subscription {
    private static final System.Logger LOG = System.getLogger(Listening.class.getName());

    private final String topic;
    private final TopicListener listener;
    private final Consumer<ListenerFailure> failures;
    private final Consumer<Listening> closed;
    private final CompletableFuture<Subscription> ready = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.PENDING);
    private volatile @Nullable String position;
    private PresenceListener presence = new PresenceListener() {};
    private Map<Optional<String>, Present> users = Map.of();

    /**
     * A listener that has not been called yet.
     *
     * @param failures gets what the listener throws
     * @param closed called by {@link #close}, once at most
     */
    Listening(
            String topic,
            @Nullable String after,
            TopicListener listener,
            Consumer<ListenerFailure> failures,
            Consumer<Listening> closed) {
        this.topic = topic;
        this.position = after;
        this.listener = listener;
        this.failures = failures;
        this.closed = closed;
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public Optional<String> position() {
        return Optional.ofNullable(position);
    }

    @Override
    public State state() {
        return state.get();
    }

    @Override
    public CompletionStage<Subscription> ready() {
        return ready;
    }

    @Override
    public Map<Optional<String>, Present> users() {
        return users;
    }

    /** Also shows the topic's presence. To be called before anything else. */
    void show(PresenceListener to, Map<Optional<String>, Present> present) {
        presence = to;
        users = present;
    }

    @Override
    public void close() {
        if (end(State.CLOSED)) {
            closed.accept(this);
        }
    }

    /** Delivery begins after this position, or has begun already and continues there. */
    void begins(String from) {
        if (position == null) {
            position = from;
        }
        isSubscribed();
    }

    void message(Message message) {
        call(() -> listener.message(message), message.position().orElse(position));
    }

    void lost(Gap gap) {
        call(() -> listener.lost(gap), gap.position());
        isSubscribed();
    }

    void listed() {
        call(() -> presence.listed(users), position);
    }

    void joined(Optional<String> user) {
        call(() -> presence.joined(user), position);
    }

    void left(Optional<String> user) {
        call(() -> presence.left(user), position);
    }

    void refused(Refusal refusal) {
        if (end(State.REFUSED)) {
            ready.completeExceptionally(new RefusedException(refusal));
            guard(() -> listener.refused(refusal));
        }
    }

    /** The client is closed. */
    void closedWith(String reason) {
        end(State.CLOSED);
        ready.completeExceptionally(new ClientClosedException(reason));
    }

    /** The client has handled {@link #close}. */
    void isOver() {
        ready.completeExceptionally(new CancellationException("the subscription of " + topic + " was closed"));
    }

    private void isSubscribed() {
        state.compareAndSet(State.PENDING, State.SUBSCRIBED);
        if (!hasEnded()) {
            ready.complete(this);
        }
    }

    /** Ends the subscription. Returns whether it had not ended before. */
    private boolean end(State as) {
        State before = state.getAndUpdate(now -> isFinal(now) ? now : as);
        return !isFinal(before);
    }

    boolean hasEnded() {
        return isFinal(state.get());
    }

    private static boolean isFinal(State state) {
        return state == State.REFUSED || state == State.CLOSED;
    }

    private void call(Runnable call, @Nullable String behind) {
        if (!hasEnded() && guard(call)) {
            position = behind;
        }
    }

    /**
     * Runs a call of the listener, and returns whether the call returned. A listener that throws gets the next message,
     * and does not delay other listeners.
     */
    private boolean guard(Runnable call) {
        try {
            call.run();
            return true;
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a listener of " + topic + " failed", e);
            failures.accept(new ListenerFailure(topic, e));
            return false;
        }
    }
}
