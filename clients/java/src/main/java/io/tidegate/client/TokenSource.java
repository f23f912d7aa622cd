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
 * Asks the application for a token, and asks again after a backoff until there is one. In the client's mailbox only,
 * except for the application's own call.
 */
final class TokenSource {
    private static final System.Logger LOG = System.getLogger(TokenSource.class.getName());
    /** An application that has not answered within this time is asked again. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);
    /** The characters of a token in a header (RFC 6750, section 2.1). */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final Supplier<? extends CompletionStage<String>> token;
    private final Options options;
    private final RandomGenerator random;
    private final Mailbox core;
    private final Alarm alarm;
    private Owner owner = new Owner() {};

    /** Whether the application is asked now, or will be after a backoff. */
    private boolean busy;
    /** Whether the application has been asked and has not answered. */
    private boolean calling;
    /** The number of failures in a row. */
    private int failures;
    /** The number of the last question, so that the answer to an earlier one is ignored. */
    private long questions;

    /** The owner of the tokens. Called in the client's mailbox. */
    interface Owner {

        /** A token has come. Returns whether it is useful. */
        default boolean given(String token) {
            return true;
        }

        /** There is no token now. The application is asked again after a while. */
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

    /** Asks the application, unless that is already under way. */
    void ask() {
        if (!busy) {
            call();
        }
    }

    /** A server has accepted the token: the backoff begins again. */
    void succeeded() {
        failures = 0;
    }

    /** Asks the application without waiting for the end of a backoff. */
    void askNow() {
        failures = 0;
        if (!calling) {
            call();
        }
    }

    /** The application's token was useless. */
    void askAgain(Throwable failure) {
        questions++;
        calling = false;
        failed(failure);
    }

    /** No token is needed any more. */
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

    /** Runs on the application's thread. */
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
                failed(new IllegalStateException(
                        "the token callback has given the same token again, which is about to expire; allowed"
                                + " is a new token"));
            }
        }
    }

    private void failed(Throwable failure) {
        busy = true;
        if (failures == 0) {
            LOG.log(Level.WARNING, "no new token; asking again, without further log lines: {0}", failure.toString());
        }
        alarm.set(options.backoff().before(failures++, random), this::call);
        owner.failed(failure);
    }
}
