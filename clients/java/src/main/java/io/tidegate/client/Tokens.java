package io.tidegate.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client's token, if the application gives one: when to ask for the next one, and which connections get it. In the
 * client's mailbox only.
 */
final class Tokens implements Attempts.Gate, TokenSource.Owner {
    /**
     * A token is renewed at a random moment between these parts of its lifetime, so that the clients of a fleet do not
     * renew at the same time.
     */
    private static final double EARLIEST = 0.6;

    private static final double LATEST = 0.9;
    /** The shortest time between two renewals, even if the application's tokens end sooner. */
    private static final long SHORTEST_TERM = TimeUnit.SECONDS.toNanos(1);
    /** A token that ends within this time after a hand-over's moment is renewed before the hand-over. */
    private static final long SOON = TimeUnit.MINUTES.toNanos(1);

    private static final long LONGEST_TERM_MS = TimeUnit.DAYS.toMillis(365);
    /** Rejections that are further apart are no loop. */
    private static final long CALM = TimeUnit.MINUTES.toNanos(1);

    private final Optional<TokenSource> source;
    private final Backoff backoff;
    private final Timers timers;
    private final RandomGenerator random;
    private final Alarm renewal;
    private Supplier<Stream<Link>> links = Stream::empty;
    private Consumer<Throwable> failures = failure -> {};

    private @Nullable String present;
    /** The term of the present token; null until a server has told it. */
    private @Nullable Term term;
    /** Until when the serving node keeps the connection; null where the node has not said that it leaves. */
    private @Nullable Long leaveUntil;
    /** The try of a connection that waits for a token. */
    private @Nullable Runnable held;

    private @Nullable Long rejectedAt;
    private int rejections;

    /**
     * The times of a token, on the timers' scale.
     *
     * @param life how long the token was valid when it was new
     */
    private record Term(long renewAt, long endsAt, long life) {}

    Tokens(Options options, Timers timers, RandomGenerator random, Mailbox core) {
        source = options.hooks().token().map(token -> new TokenSource(token, options, timers, random, core));
        backoff = options.backoff();
        this.timers = timers;
        this.random = random;
        renewal = new Alarm(timers, core);
        source.ifPresent(one -> one.answerTo(this));
    }

    /**
     * To be called before everything else.
     *
     * @param links the open connections
     * @param failures gets the reason why there is no token
     */
    void serve(Supplier<Stream<Link>> links, Consumer<Throwable> failures) {
        this.links = links;
        this.failures = failures;
    }

    /** Whether the application can give another token. */
    boolean areGiven() {
        return source.isPresent();
    }

    Optional<String> present() {
        return Optional.ofNullable(present);
    }

    /** Lets a connection be tried when there is a token that lasts longer than a moment. */
    @Override
    public void pass(Runnable task) {
        held = task;
        if (source.isEmpty() || isGood()) {
            release();
        } else {
            source.get().ask();
        }
    }

    /**
     * Whether the token is good enough for a connection. In a hand-over any valid token is: it was renewed before, and
     * the old connection is about to end.
     */
    private boolean isGood() {
        Term now = term;
        return present != null
                && (now == null || timers.nanoTime() < (leaveUntil == null ? now.renewAt() : now.endsAt()));
    }

    private void release() {
        Runnable task = held;
        held = null;
        if (task != null) {
            task.run();
        }
    }

    /** The application wants a connection now. */
    void hurry() {
        source.filter(one -> held != null).ifPresent(TokenSource::askNow);
    }

    @Override
    public boolean given(String token) {
        Term now = term;
        if (now != null && token.equals(present)) {
            // The application may also cache its tokens. A cached token is useless near its end.
            boolean lasts = timers.nanoTime() < now.renewAt();
            if (lasts) {
                askAt(now.renewAt());
                release();
            }
            return lasts;
        }
        present = token;
        term = null;
        links.get().forEach(this::renew);
        release();
        return true;
    }

    @Override
    public void failed(Throwable failure) {
        failures.accept(failure);
        Term now = term;
        // A token that is about to end is better than none.
        if (present != null && (now == null || timers.nanoTime() < now.endsAt())) {
            release();
        }
    }

    /** Sends the token where the server has said that the connection's token ends. */
    private void renew(Link link) {
        String token = present;
        if (token != null && link.tokenEnds) {
            link.renew(token);
        }
    }

    /** The server has said how long the connection's token is valid. */
    void count(Link link, long expiresInMs) {
        link.tokenEnds = true;
        String token = present;
        if (token == null || !link.hasToken(token)) {
            renew(link);
            return;
        }
        long now = timers.nanoTime();
        long rest = TimeUnit.MILLISECONDS.toNanos(Math.clamp(expiresInMs, 0, LONGEST_TERM_MS));
        long part = (long) (rest * random.nextDouble(EARLIEST, LATEST));
        long renewAt = now + Math.max(part, SHORTEST_TERM);
        long life = rest;
        if (term == null) {
            source.ifPresent(TokenSource::succeeded);
        } else {
            // Another node has told the rest of the term. That rest is shorter than the whole term.
            renewAt = Math.min(renewAt, term.renewAt());
            life = Math.max(life, term.life());
        }
        Long leaves = leaveUntil;
        if (leaves != null && leaves > renewAt && leaves < now + (long) (rest * LATEST)) {
            // The token lasts until the end of the hand-over, and the next node will tell its term.
            renewAt = leaves;
        }
        term = new Term(renewAt, now + rest, life);
        askAt(renewAt);
    }

    private void askAt(long moment) {
        renewal.set(
                Duration.ofNanos(Math.max(0, moment - timers.nanoTime())), () -> source.ifPresent(TokenSource::ask));
    }

    /**
     * The serving node is about to leave. If the token ends soon after that, another one is requested before, so that the
     * hand-over need not wait for it. The request comes at a random moment, so that not all clients of the node ask
     * together.
     *
     * @param moment to move to another node
     */
    void leave(long moment) {
        leaveUntil = moment + Attempts.SLOT.toNanos();
        Term now = term;
        if (now != null
                && now.endsAt() - moment < SOON
                && source.filter(TokenSource::isBusy).isEmpty()) {
            // Not so early that the next token would have to be renewed within the hand-over.
            long earliest = Math.max(timers.nanoTime(), leaveUntil - (long) (now.life() * EARLIEST));
            long rest = Math.max(0, moment - earliest);
            askAt(Math.min(now.renewAt(), earliest + (long) (rest * random.nextDouble())));
        }
    }

    /** Another connection serves, or none. */
    void stay() {
        leaveUntil = null;
    }

    /** No connection is open. The next one asks for a token. */
    void unserved() {
        leaveUntil = null;
        renewal.cancel();
    }

    /** The server does not accept the token that was sent on this connection. The previous token is still valid. */
    void refuse(Link link, Refusal refusal) {
        if (forget(link)) {
            source.ifPresent(one -> one.askAgain(new RefusedException(refusal)));
        }
    }

    /**
     * The connection was refused or ended because of its token. The first time the retry waits only for another token.
     */
    Retry reject(Link link) {
        forget(link);
        long now = timers.nanoTime();
        boolean calm = rejectedAt == null || now - rejectedAt > CALM;
        rejectedAt = now;
        rejections = calm ? 0 : rejections + 1;
        return Retry.exactly(rejections == 0 ? Duration.ZERO : backoff.before(rejections - 1, random));
    }

    private boolean forget(Link link) {
        boolean same = present != null && link.hasToken(present);
        if (same) {
            present = null;
            term = null;
            renewal.cancel();
        }
        return same;
    }

    void close() {
        held = null;
        renewal.cancel();
        source.ifPresent(TokenSource::close);
    }
}
