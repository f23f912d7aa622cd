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
 * The client's token, where the application gives any: when another one is asked for, and who gets it. In the client's mailbox
 * only.
 */
final class Tokens implements Attempts.Gate, TokenSource.Owner {
    /** A token is renewed at a random moment between these parts of its time, so that the clients of a fleet do not come together. */
    private static final double EARLIEST = 0.6;

    private static final double LATEST = 0.9;
    /** From one renewal to the next, however soon the tokens end that the application gives. */
    private static final long SHORTEST_TERM = TimeUnit.SECONDS.toNanos(1);
    /** A token that ends so soon after a hand-over's moment is renewed before it. */
    private static final long SOON = TimeUnit.MINUTES.toNanos(1);

    private static final long LONGEST_TERM_MS = TimeUnit.DAYS.toMillis(365);
    /** Rejections that are so far apart are no loop. */
    private static final long CALM = TimeUnit.MINUTES.toNanos(1);

    private final Optional<TokenSource> source;
    private final Backoff backoff;
    private final Timers timers;
    private final RandomGenerator random;
    private final Alarm renewal;
    private Supplier<Stream<Link>> links = Stream::empty;
    private Consumer<Throwable> failures = failure -> {};

    private @Nullable String present;
    /** Of the present one; null until a server has told. */
    private @Nullable Term term;
    /** Up to when the node that serves keeps the connection; null where it has not said that it leaves. */
    private @Nullable Long leaveUntil;
    /** A connection that waits for a token. */
    private @Nullable Runnable held;

    private @Nullable Long rejectedAt;
    private int rejections;

    /**
     * On the timers' scale.
     *
     * @param life how long it counted when it was new
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
     * Comes before everything else.
     *
     * @param links those that are open
     * @param failures told of a token that was not to be had
     */
    void serve(Supplier<Stream<Link>> links, Consumer<Throwable> failures) {
        this.links = links;
        this.failures = failures;
    }

    /** Whether another one can be had. */
    boolean areGiven() {
        return source.isPresent();
    }

    Optional<String> present() {
        return Optional.ofNullable(present);
    }

    /** A connection can be tried once there is a token, and not only for a moment. */
    @Override
    public void pass(Runnable task) {
        held = task;
        if (source.isEmpty() || isGood()) {
            release();
        } else {
            source.get().ask();
        }
    }

    /** In a hand-over any token that counts will do: it was renewed before, and the old connection is about to end. */
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
            // The application keeps its tokens for a while, too. Near its end that is of no use.
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
        // One that is about to end is better than none.
        if (present != null && (now == null || timers.nanoTime() < now.endsAt())) {
            release();
        }
    }

    /** Where the server has said that the connection's token ends. */
    private void renew(Link link) {
        String token = present;
        if (token != null && link.tokenEnds) {
            link.renew(token);
        }
    }

    /** The server has said for how long the connection's token counts. */
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
            // Told by another node: what is left of a token says less than what it had in all.
            renewAt = Math.min(renewAt, term.renewAt());
            life = Math.max(life, term.life());
        }
        Long leaves = leaveUntil;
        if (leaves != null && leaves > renewAt && leaves < now + (long) (rest * LATEST)) {
            // It lasts for the hand-over, and the next node will say for how long.
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
     * The node that serves is about to leave. Where the token ends soon after that, another one is asked for before, so that
     * it need not be waited for; at a random moment, so that not all clients of the node ask together.
     *
     * @param moment to go elsewhere
     */
    void leave(long moment) {
        leaveUntil = moment + Attempts.SLOT.toNanos();
        Term now = term;
        if (now != null
                && now.endsAt() - moment < SOON
                && source.filter(TokenSource::isBusy).isEmpty()) {
            // Not so early that the next one would have to be renewed within the hand-over.
            long earliest = Math.max(timers.nanoTime(), leaveUntil - (long) (now.life() * EARLIEST));
            long rest = Math.max(0, moment - earliest);
            askAt(Math.min(now.renewAt(), earliest + (long) (rest * random.nextDouble())));
        }
    }

    /** The connection that serves is another one, or there is none. */
    void stay() {
        leaveUntil = null;
    }

    /** No connection is open: the next one asks. */
    void unserved() {
        leaveUntil = null;
        renewal.cancel();
    }

    /** The server will not take the one that was sent on this connection, where the one before still counts. */
    void refuse(Link link, Refusal refusal) {
        if (forget(link)) {
            source.ifPresent(one -> one.askAgain(new RefusedException(refusal)));
        }
    }

    /** The connection was refused or ended for its token. The first time there is nothing to wait for but another token. */
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
