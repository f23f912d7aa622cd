package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client connected: one connection that serves it, and, while its node leaves, a second one that is made ready to
 * take its place. Whatever is unexpected on a connection ends it; the topics are then resumed on another one, which is
 * always safe. In the client's mailbox only.
 */
final class Connector implements Dialer.Owner {
    private static final System.Logger LOG = System.getLogger(Connector.class.getName());

    private final Options options;
    private final Dialer dialer;
    private final Timers timers;
    private final RandomGenerator random;
    private final Mailbox core;
    private final Attempts attempts;
    private final Status status = new Status();

    private Traffic traffic = Traffic.NONE;
    /** Serves the client. */
    private @Nullable Link first;
    /** Is made ready to take its place. */
    private @Nullable Link second;

    private int url;
    private boolean closed;

    Connector(Options options, Socket.Factory sockets, Timers timers, RandomGenerator random, Mailbox core) {
        this.options = options;
        this.dialer = new Dialer(sockets, timers, core, options.bounds().connect(), this);
        this.timers = timers;
        this.random = random;
        this.core = core;
        this.attempts = new Attempts(options.backoff(), timers, random, core);
    }

    /** Comes before everything else, and opens nothing. */
    void start(Traffic traffic, Consumer<StateChange> states) {
        this.traffic = traffic;
        status.tellTo(states);
        url = random.nextInt(options.urls().size());
    }

    /** Connects now, whatever is waited for, and in place of the connection that there is. */
    void reconnect() {
        if (closed) {
            return;
        }
        attempts.cancel();
        attempts.succeeded();
        retireBoth();
        traffic.unserved();
        connect();
    }

    @Nullable
    Link first() {
        return first;
    }

    @Nullable
    Link second() {
        return second;
    }

    /** The application's will. */
    void close(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        attempts.cancel();
        retireBoth();
        traffic.closed(reason);
        tell(reason);
    }

    private void retireBoth() {
        dialer.retire(first);
        dialer.retire(second);
        first = null;
        second = null;
    }

    /** Every topic is delivered on this connection. */
    void ready(Link link) {
        if (!link.live) {
            link.live = true;
            attempts.succeeded();
        }
        if (link == second) {
            Link old = first;
            first = link;
            second = null;
            dialer.retire(old);
            promoted(link);
        }
        tell("every topic is subscribed");
    }

    /** The serving connection cannot be trusted further, and the second one makes up for it. */
    void dropFirst(String reason) {
        Link old = first;
        if (old != null) {
            lost(old, reason, Duration.ZERO);
        }
    }

    @Override
    public void distrust(Link link, String reason) {
        LOG.log(Level.WARNING, "leaving a connection: {0}", reason);
        lost(link, reason, Duration.ZERO);
    }

    /** The listeners have caught up. */
    void readOn() {
        dialer.readOn(first);
        dialer.readOn(second);
    }

    Duration backoff(int failures) {
        return attempts.backoff(failures);
    }

    void after(Duration delay, Runnable task) {
        timers.after(delay, () -> core.post(task));
    }

    private void connect() {
        URI to = options.urls().get(url);
        url = (url + 1) % options.urls().size();
        Link link = dialer.link(to);
        if (first == null) {
            first = link;
        } else {
            second = link;
        }
        tell("to " + link.address());
        dialer.open(link, to);
    }

    private void welcome(Link link, ServerFrame.Welcome welcome) {
        link.welcome(welcome);
        status.welcomed();
        dialer.watch(link);
        tell("welcome at " + welcome.node());
        boolean serving = link == first;
        traffic.welcomed(link);
        if (serving) {
            traffic.serves(link);
        }
    }

    private void shutdown(Link link, long afterMs) {
        if (link.leaveAt == null) {
            link.leaveAt = timers.nanoTime() + Duration.ofMillis(afterMs).toNanos();
            if (link == first && second == null) {
                prepareToLeave(link, link.leaveAt);
            }
        }
    }

    private void prepareToLeave(Link link, long at) {
        attempts.leaveAt(at, () -> {
            link.leaving = true;
            connect();
        });
        tell("server-shutdown");
    }

    /** The one place where connections end that the client did not retire itself. */
    private void lost(Link link, String because, Duration atLeast) {
        String reason = link.welcomed ? because : link.address() + ": " + because;
        if (link == second) {
            second = null;
            link.abort();
            retrySecond(atLeast);
        } else if (link == first) {
            link.abort();
            first = second;
            second = null;
            if (first != null) {
                promoted(first);
            } else {
                traffic.unserved();
                if (!attempts.waits() || !link.leaving) {
                    attempts.retry(atLeast, this::connect);
                }
            }
        } else {
            return;
        }
        status.failed(reason);
        tell(reason);
    }

    private void retrySecond(Duration atLeast) {
        Link serving = first;
        if (serving != null && serving.leaveAt != null) {
            attempts.retryHandOver(serving.leaveAt, atLeast, this::connect);
        } else {
            attempts.retry(atLeast, this::connect);
        }
    }

    private void promoted(Link link) {
        attempts.cancel();
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

    Status status() {
        return status;
    }

    private void tell(String reason) {
        status.tell(first, closed, reason);
    }

    @Override
    public boolean isCurrent(Link link) {
        return link == first || link == second;
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
        } else {
            traffic.frame(link, frame);
        }
    }

    @Override
    public void ended(Link link, Socket.End end) {
        if (end.isFinal()) {
            status.dismissed(end.reason());
            close(end.reason());
            return;
        }
        // While the old connection still serves there is no time to lose, and another node may take this one.
        boolean another = link == second && end instanceof Socket.End.Refused;
        lost(link, end.reason(), another ? Duration.ZERO : end.pause());
    }
}
