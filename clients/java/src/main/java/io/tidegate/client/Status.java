package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the application the state of its connection. In the client's mailbox only. */
final class Status {
    private static final System.Logger LOG = System.getLogger(Status.class.getName());

    private Consumer<StateChange> states = change -> {};
    private State told = State.WAITING;
    private volatile @Nullable String node;
    private volatile Optional<String> user = Optional.empty();

    /** A server was reached once, or the failure was logged. */
    private boolean settled;

    void tellTo(Consumer<StateChange> states) {
        this.states = states;
    }

    /** The node that serves the client; null while none does. From any thread. */
    @Nullable
    String node() {
        return node;
    }

    /** The user of the connection that serves the client; empty while none serves. From any thread. */
    Optional<String> user() {
        return user;
    }

    void tell(@Nullable Link serving, boolean closed, String reason) {
        State now = closed ? State.CLOSED : state(serving);
        node = serving == null ? null : serving.node();
        user = serving == null ? Optional.empty() : serving.user();
        if (now != told) {
            StateChange change = new StateChange(told, now, reason);
            told = now;
            states.accept(change);
        }
    }

    private static State state(@Nullable Link serving) {
        if (serving == null) {
            return State.WAITING;
        }
        if (!serving.welcomed) {
            return State.CONNECTING;
        }
        if (serving.leaving) {
            return State.HANDING_OVER;
        }
        if (!serving.live) {
            return State.RESUMING;
        }
        return serving.leaveAt == null ? State.LIVE : State.LEAVING;
    }

    void welcomed() {
        settled = true;
    }

    /**
     * Logs the first failure, so that a developer with a wrong address sees it without asking for it. Only once, because
     * more lines would be noise.
     */
    void failed(String reason) {
        if (!settled) {
            settled = true;
            LOG.log(Level.WARNING, "not connected yet; trying again, without further log lines: {0}", reason);
        }
    }

    /** A server has ended the client. */
    void dismissed(String reason) {
        LOG.log(Level.WARNING, "the client is closed for good: {0}", reason);
    }
}
