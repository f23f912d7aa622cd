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
    private static final Duration AFTER_A_POLICY_CLOSE = Duration.ofSeconds(30);

    private final Options options;
    private final Dialer dialer;
    private final Timers timers;
    private final RandomGenerator random;
    private final Mailbox core;

    private Traffic traffic = Traffic.NONE;
    private Consumer<StateChange> states = change -> {};
    private State told = State.WAITING;
    private volatile @Nullable String node;

    /** Serves the client. */
    private @Nullable Link first;
    /** Is made ready to take its place. */
    private @Nullable Link second;
    /** The next attempt, be it after a failure or at the moment that the node gave. */
    private Timers.@Nullable Timer next;

    /** Counts what was scheduled, so that what is out of date is told from what is not. */
    private long tickets;

    private int attempt;
    private int url;
    private boolean closed;

    Connector(Options options, Socket.Factory sockets, Timers timers, RandomGenerator random, Mailbox core) {
        this.options = options;
        this.dialer = new Dialer(sockets, timers, core, options.bounds().connect(), this);
        this.timers = timers;
        this.random = random;
        this.core = core;
    }

    void start(Traffic traffic, Consumer<StateChange> states) {
        this.traffic = traffic;
        this.states = states;
        url = random.nextInt(options.urls().size());
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
        cancelNext();
        retire(first);
        retire(second);
        first = null;
        second = null;
        traffic.closed(reason);
        tell(reason);
    }

    /** Every topic is delivered on this connection. */
    void ready(Link link) {
        if (!link.live) {
            link.live = true;
            attempt = 0;
        }
        if (link == second) {
            Link old = first;
            first = link;
            second = null;
            retire(old);
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
        readOn(first);
        readOn(second);
    }

    private void readOn(@Nullable Link link) {
        if (link != null && link.paused) {
            link.heardAt = timers.nanoTime();
            link.read();
        }
    }

    Duration backoff(int failures) {
        return options.backoff().before(failures, random);
    }

    void after(Duration delay, Runnable task) {
        timers.after(delay, () -> core.post(task));
    }

    private void connect() {
        URI to = options.urls().get(url);
        url = (url + 1) % options.urls().size();
        Link link = dialer.link();
        if (first == null) {
            first = link;
        } else {
            second = link;
        }
        tell("to " + to);
        dialer.open(link, to);
    }

    private void welcome(Link link, ServerFrame.Welcome welcome) {
        link.welcome(welcome);
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
        schedule(Duration.ofNanos(Math.max(0, at - timers.nanoTime())), () -> {
            link.leaving = true;
            connect();
        });
        tell("server-shutdown");
    }

    /** The one place where connections end that the client did not retire itself. */
    private void lost(Link link, String reason, Duration atLeast) {
        if (link == second) {
            second = null;
            link.abort();
            retry(atLeast);
        } else if (link == first) {
            link.abort();
            first = second;
            second = null;
            if (first != null) {
                promoted(first);
            } else {
                traffic.unserved();
                if (next == null || !link.leaving) {
                    retry(atLeast);
                }
            }
        } else {
            return;
        }
        tell(reason);
    }

    private void promoted(Link link) {
        cancelNext();
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

    private void retry(Duration atLeast) {
        schedule(atLeast.plus(backoff(attempt++)), this::connect);
    }

    /** In place of what was scheduled before, even where its time has come and it waits in the mailbox. */
    private void schedule(Duration delay, Runnable task) {
        cancelNext();
        long ticket = tickets;
        next = timers.after(
                delay,
                () -> core.post(() -> {
                    if (ticket == tickets) {
                        next = null;
                        task.run();
                    }
                }));
    }

    private void cancelNext() {
        tickets++;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** Ends a connection in order: close frame, then its socket's end, which is not waited for without end. */
    private void retire(@Nullable Link link) {
        if (link != null) {
            link.close();
            after(options.bounds().connect(), link::abort);
        }
    }

    /** The node that serves the client; null while none does. From any thread. */
    @Nullable
    String node() {
        return node;
    }

    private void tell(String reason) {
        State now = state();
        node = first == null ? null : first.node();
        if (now != told) {
            StateChange change = new StateChange(told, now, reason);
            told = now;
            states.accept(change);
        }
    }

    private State state() {
        Link serving = first;
        if (closed) {
            return State.CLOSED;
        }
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
        switch (end) {
            case Socket.End.Closed closed -> closed(link, closed);
            // While the old connection still serves there is no time to lose, and another node may take this one.
            case Socket.End.Refused refused ->
                lost(
                        link,
                        end.reason(),
                        link == second ? Duration.ZERO : refused.retryAfter().orElse(Duration.ZERO));
            case Socket.End.Failed failed -> lost(link, failed.reason(), Duration.ZERO);
        }
    }

    private void closed(Link link, Socket.End.Closed closed) {
        switch (closed.code()) {
            case 1000, 1002, 1007, 1009 -> close(closed.reason());
            case 1008 -> lost(link, closed.reason(), AFTER_A_POLICY_CLOSE);
            default -> lost(link, closed.reason(), Duration.ZERO);
        }
    }
}
