package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application for a token, and again after a backoff until there is one. In the client's mailbox only, but for the
 * application's own call.
 */
final class TokenSource {
    private static final System.Logger LOG = System.getLogger(TokenSource.class.getName());
    /** An application that has not answered for so long is asked again. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);
    /** RFC 6750, section 2.1: what a header can carry as a token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final Supplier<? extends CompletionStage<String>> token;
    private final Options options;
    private final RandomGenerator random;
    private final Mailbox core;
    private final Alarm alarm;
    private Owner owner = new Owner() {};

    /** Asks, or is about to. */
    private boolean busy;
    /** The application has been asked. */
    private boolean calling;
    /** In a row. */
    private int failures;
    /** Tells an answer from one to an earlier question. */
    private long questions;

    /** Whose tokens they are. Called in the client's mailbox. */
    interface Owner {

        /** Returns whether it is of use. */
        default boolean given(String token) {
            return true;
        }

        /** There is none for now; it is asked for again after a while. */
        default void failed(Throwable failure) {}
    }

    TokenSource(
            Supplier<? extends CompletionStage<String>> token,
            Options options,
            Timers timers,
            RandomGenerator random,
            Mailbox core) {
        this.token = token;
        this.options = options;
        this.random = random;
        this.core = core;
        this.alarm = new Alarm(timers, core);
    }

    void answerTo(Owner owner) {
        this.owner = owner;
    }

    boolean isBusy() {
        return busy;
    }

    /** Unless it does so already. */
    void ask() {
        if (!busy) {
            call();
        }
    }

    /** A server has taken what was given: the backoff begins again. */
    void succeeded() {
        failures = 0;
    }

    /** Without waiting for the end of a backoff. */
    void askNow() {
        failures = 0;
        if (!calling) {
            call();
        }
    }

    /** What the application gave was of no use. */
    void askAgain(Throwable failure) {
        questions++;
        calling = false;
        failed(failure);
    }

    /** Nobody needs a token any more. */
    void close() {
        questions++;
        busy = true;
        alarm.cancel();
    }

    private void call() {
        busy = true;
        calling = true;
        long question = ++questions;
        alarm.set(
                LONGEST_ANSWER,
                () -> answered(question, null, new TimeoutException("no answer within " + LONGEST_ANSWER)));
        try {
            options.threads().listeners().execute(() -> callApplication(question));
        } catch (RuntimeException e) {
            answered(question, null, e);
        }
    }

    /** On the application's thread. */
    private void callApplication(long question) {
        try {
            var unused = Arguments.given("the answer of the token callback", token.get())
                    .whenComplete((text, failure) -> core.post(() -> answered(question, text, failure)));
        } catch (RuntimeException | Error e) {
            core.post(() -> answered(question, null, e));
        }
    }

    private void answered(long question, @Nullable String text, @Nullable Throwable failure) {
        if (question != questions) {
            return;
        }
        calling = false;
        if (failure != null) {
            failed(failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        } else if (text == null || !TOKEN.matcher(text).matches()) {
            String what = text == null ? "null" : text.isEmpty() ? "an empty text" : "a text with other characters";
            failed(new IllegalArgumentException(
                    "the token callback has given " + what + "; allowed is a token of the characters " + TOKEN));
        } else {
            alarm.cancel();
            busy = false;
            if (!owner.given(text)) {
                failed(
                        new IllegalStateException(
                                "the token callback has given the same token again, which is about to end; allowed is another"));
            }
        }
    }

    private void failed(Throwable failure) {
        busy = true;
        if (failures == 0) {
            LOG.log(
                    Level.WARNING,
                    "no new token, and asking for one again, which is not logged again: {0}",
                    failure.toString());
        }
        alarm.set(options.backoff().before(failures++, random), this::call);
        owner.failed(failure);
    }
}
