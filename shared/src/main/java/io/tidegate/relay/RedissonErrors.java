package io.tidegate.relay;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisAuthRequiredException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.RedisWrongPasswordException;

/** What an operator is told of what Redisson throws. */
final class RedissonErrors {
    /** What Redis itself answers begins with a word in capitals; the rest may quote the command, so a message. */
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Z]{3,16}\\b");

    private static final Pattern CREDENTIALS = Pattern.compile("//[^/@\\s]*@");

    private RedissonErrors() {}

    /** One line for an operator: never a message, and no more of a server's answer than its code. */
    static String reason(Throwable error) {
        // What a future wraps around says nothing.
        Throwable inner = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        String fallback = inner.getClass().getSimpleName();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
            // Those of its subclasses quote commands.
            if (cause.getClass() == RedisConnectionException.class && cause.getMessage() != null) {
                fallback = CREDENTIALS.matcher(cause.getMessage()).replaceAll("//");
            }
        }
        return fallback.lines().findFirst().orElse("");
    }

    private static @Nullable String known(Throwable cause) {
        return switch (cause) {
            case ConnectException e -> e.getMessage();
            case UnknownHostException e -> "unknown host " + e.getMessage();
            case SSLException e -> "TLS: " + e.getMessage();
            case RedisAuthRequiredException e -> "Redis wants a password";
            case RedisWrongPasswordException e -> "Redis refuses the password";
            case RedisTimeoutException e -> "no answer within " + RedissonConfig.TIMEOUT.toMillis() + " ms";
            case TimeoutException e -> "no connection within " + RedissonConfig.TIMEOUT.toMillis() + " ms";
            default -> {
                Matcher code = ERROR_CODE.matcher(String.valueOf(cause.getMessage()));
                yield code.lookingAt() ? "Redis answered " + code.group() : null;
            }
        };
    }
}
