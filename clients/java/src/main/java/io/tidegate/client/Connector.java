package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client connected. One connection serves the client. While its node leaves, a second connection is prepared to
 * replace it. Anything unexpected on a connection ends it, and the topics are resumed on another connection, which is
 * always safe. In the client's mailbox only.
 */
final class Connector implements Dialer.Owner {
    private static final System.Logger LOG = System.getLogger(Connector.class.getName());

    private final Dialer dialer;
    private final Links links;
    private final Timers timers;
    private final RandomGenerator random;
    private final Mailbox core;
    private final Tokens tokens;
    private final Attempts attempts;
    private final Status status = new Status();
    private Traffic traffic = Traffic.NONE;
    private boolean closed;

    Connector(Options options, Socket.Factory sockets, Timers timers, RandomGenerator random, Mailbox core) {
        this.dialer = new Dialer(sockets, timers, core, options, this);
        this.links = new Links(dialer);
        this.timers = timers;
        this.random = random;
        this.core = core;
        this.tokens = new Tokens(options, timers, random, core);
        this.attempts = new Attempts(options.backoff(), timers, random, core, tokens);
    }

    /** To be called before everything else. Opens no connection. */
    void start(Traffic traffic, Consumer<StateChange> states, Consumer<Throwable> tokenFailures) {
        this.traffic = traffic;
        status.tellTo(states);
        tokens.serve(links::all, tokenFailures);
        dialer.begin(random);
    }

    /** Connects now, without waiting for a scheduled try, and replaces the present connection. */
    void reconnect() {
        if (closed) {
            return;
        }
        attempts.succeeded();
        links.retire();
        unserved();
        attempts.now(this::connect);
        if (attempts.waits()) {
            tell("a token is asked for");
            tokens.hurry();
        }
    }

    @Nullable
    Link first() {
        return links.first();
    }

    @Nullable
    Link second() {
        return links.second();
    }

    /** Closes the client for good. The reason is for the application. */
    void close(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        attempts.cancel();
        tokens.close();
        links.retire();
        traffic.closed(reason);
        tell(reason);
    }

    /** Every topic is delivered on this connection. */
    void ready(Link link) {
        if (!link.live) {
            link.live = true;
            attempts.succeeded();
        }
        if (link == links.second()) {
            links.change();
            promoted(link);
        }
        tell("every topic is subscribed");
    }

    /** Drops the serving connection, because the second one makes up for what the first one lost. */
    void dropFirst(String reason) {
        Link old = links.first();
        if (old != null) {
            lost(old, reason, Retry.SOON);
        }
    }

    @Override
    public void distrust(Link link, String reason) {
        LOG.log(Level.WARNING, "leaving a connection: {0}", reason);
        lost(link, reason, Retry.SOON);
    }

    void readOn() {
        links.readOn();
    }

    Duration backoff(int failures) {
        return attempts.backoff(failures);
    }

    void after(Duration delay, Runnable task) {
        timers.after(delay, () -> core.post(task));
    }

    private void connect() {
        Link link = dialer.link(tokens.present());
        links.add(link);
        Link serving = links.first();
        link.handsOver = serving != null && link != serving && attempts.mayBeRefused(serving.leaveAt);
        tell("to " + link.address());
        dialer.open(link);
    }

    private void welcome(Link link, ServerFrame.Welcome welcome) {
        link.welcome(welcome);
        status.welcomed();
        dialer.watch(link);
        welcome.expiresInMs().ifPresent(left -> tokens.count(link, left));
        tell("welcome at " + welcome.node());
        boolean serving = link == links.first();
        traffic.welcomed(link);
        if (serving) {
            traffic.serves(link);
        }
    }

    private void shutdown(Link link, long afterMs) {
        if (link.leaveAt == null) {
            link.leaveAt = timers.nanoTime() + Duration.ofMillis(afterMs).toNanos();
            if (link == links.first() && links.second() == null) {
                prepareToLeave(link, link.leaveAt);
            }
        }
    }

    private void prepareToLeave(Link link, long at) {
        tokens.leave(at);
        attempts.leaveAt(at, () -> {
            link.leaving = true;
            connect();
        });
        tell("server-shutdown");
    }

    /** Handles the end of every connection that the client did not retire itself. */
    private void lost(Link link, String because, Retry when) {
        if (!links.has(link)) {
            return;
        }
        boolean served = link == links.first();
        links.drop(link);
        Link serving = links.first();
        if (!served) {
            attempts.retryHandOver(serving == null ? null : serving.leaveAt, when, this::connect);
        } else if (serving != null) {
            promoted(serving);
        } else {
            unserved();
            if (!attempts.waits() || !link.leaving) {
                attempts.retry(when, this::connect);
            }
        }
        String reason = link.welcomed ? because : link.address() + ": " + because;
        status.failed(reason);
        tell(reason);
    }

    private void promoted(Link link) {
        attempts.cancel();
        tokens.stay();
        if (link.welcomed) {
            traffic.welcomed(link);
            traffic.serves(link);
        } else {
            traffic.unserved();
        }
        if (link.leaveAt != null) {
            prepareToLeave(link, link.leaveAt);
        }
    }

    private void unserved() {
        tokens.unserved();
        traffic.unserved();
    }

    Status status() {
        return status;
    }

    private void tell(String reason) {
        status.tell(links.first(), closed, reason);
    }

    @Override
    public boolean isCurrent(Link link) {
        return links.has(link);
    }

    @Override
    public boolean pauses() {
        return traffic.pauses();
    }

    @Override
    public void frame(Link link, ServerFrame frame) {
        if (frame instanceof ServerFrame.Welcome welcome) {
            welcome(link, welcome);
        } else if (frame instanceof ServerFrame.ServerShutdown shutdown) {
            shutdown(link, shutdown.reconnectAfterMs());
        } else if (frame instanceof ServerFrame.Renewed renewed) {
            tokens.count(link, renewed.expiresInMs());
        } else if (frame instanceof ServerFrame.ErrorFrame error && error.isForToken()) {
            tokens.refuse(link, error.refusal());
        } else {
            traffic.frame(link, frame);
        }
    }

    @Override
    public void ended(Link link, Socket.End end) {
        String hint = end.isForToken() && !tokens.areGiven() ? "; set it with Options.withToken" : "";
        if (end.isFinal() || !hint.isEmpty()) {
            status.dismissed(end.reason() + hint);
            close(end.reason() + hint);
        } else if (end.isForToken()) {
            lost(link, end.reason(), tokens.reject(link));
        } else {
            // While the old connection still serves, the retry comes soon, because another node may accept the client.
            boolean another = link == links.second() && end instanceof Socket.End.Refused;
            lost(link, end.reason(), another ? Retry.SOON : Retry.after(end.pause()));
        }
    }
}
