package io.tidegate.relay;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisAuthRequiredException;
import org.redisson.client.RedisBusyException;
import org.redisson.client.RedisClusterDownException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisMasterDownException;
import org.redisson.client.RedisMovedException;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.RedisWrongPasswordException;

/** The reasons that an operator is told for exceptions of Redisson. */
final class RedissonErrors {
    private static final String NO_ANSWER = "no answer within ";
    private static final String NO_CONNECTION = "no connection within ";

    /** An error reply of Redis begins with a code in capitals. The rest can quote the command, and so a message. */
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Z]{3,16}\\b");

    /** For a command in a script, Redis before 7 puts the place in the script before the code. */
    private static final Pattern IN_A_SCRIPT = Pattern.compile("ERR Error running script.*?: -?([A-Z]{3,16})\\b");

    /**
     * The reply of Redis for a command in a script, instead of NOPERM. Before 7 the place in the script comes first.
     */
    private static final Pattern NO_RIGHT =
            Pattern.compile("ERR (?:Error running script.*?: )?The user executing the script can't ");

    private static final Pattern NO_SENTINEL =
            Pattern.compile("ERR unknown command .?SENTINEL", Pattern.CASE_INSENSITIVE);

    private static final Pattern UNKNOWN_COMMAND = Pattern.compile("ERR unknown command", Pattern.CASE_INSENSITIVE);

    private static final Pattern CREDENTIALS = Pattern.compile("//[^/@\\s]*@");

    /** What to do about an error code of Redis. */
    private static final Map<String, String> ADVICE = Map.ofEntries(
            Map.entry("OOM", "its memory is full: raise its maxmemory, or free some of it"),
            Map.entry("NOPERM", "the user lacks a right that Tidegate needs: see the ACL of Redis"),
            Map.entry("READONLY", "it is a replica, which accepts no writes: use the address of the master"),
            Map.entry("MISCONF", "it accepts no writes, because it cannot save to its disk: see its log and its disk"),
            Map.entry("LOADING", "it is still loading its data from its disk: wait until it has finished"),
            Map.entry("CLUSTERDOWN", "slots of the cluster have no master: see CLUSTER INFO"),
            Map.entry("TRYAGAIN", "a slot of the cluster is moving to another node"),
            Map.entry("MASTERDOWN", "it is a replica that has lost its master"),
            Map.entry("NOREPLICAS", "it accepts no writes with so few replicas: see min-replicas-to-write"),
            Map.entry("BUSY", "a script of another client does not end: see SCRIPT KILL"),
            Map.entry("NOSCRIPT", "it has lost Tidegate's scripts, which are now loaded again"),
            Map.entry(
                    "WRONGTYPE",
                    "a key with a name that Tidegate uses has another type: delete the key, or change"
                            + " tidegate.relay.prefix"),
            Map.entry("NOAUTH", "it requires a password"));

    private RedissonErrors() {}

    /** One line for an operator. It never quotes a message, and of a server's answer it quotes only the code. */
    static String reason(Throwable error) {
        String fallback = inner(error).getClass().getSimpleName();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
            // The messages of its subclasses quote commands.
            if (cause.getClass() == RedisConnectionException.class && cause.getMessage() != null) {
                fallback = CREDENTIALS.matcher(cause.getMessage()).replaceAll("//");
            }
        }
        return fallback.lines().findFirst().orElse("");
    }

    /** The reason why a link could not be opened. */
    static String openReason(Throwable error) {
        String reason = reason(error);
        return reason.startsWith(NO_ANSWER) || reason.startsWith(NO_CONNECTION)
                ? reason + ": check that Redis responds, and that the URL begins with rediss:// if Redis uses TLS,"
                        + " and only then"
                : reason;
    }

    /** Whether no answer came in time. */
    static boolean isLate(Throwable error) {
        return inner(error) instanceof RedisTimeoutException;
    }

    /** Whether Redis was reached, and answered the command with an error. */
    static boolean isRefusal(Throwable error) {
        Throwable inner = inner(error);
        return inner instanceof RedisException
                && !(inner instanceof RedisConnectionException)
                && !(inner instanceof RedisTimeoutException)
                && code(inner) != null;
    }

    /** Whether Redis does not know the command. */
    static boolean isUnknownCommand(Throwable error) {
        return UNKNOWN_COMMAND
                .matcher(String.valueOf(inner(error).getMessage()))
                .lookingAt();
    }

    /** Removes the wrappers of futures, which say nothing. */
    private static Throwable inner(Throwable error) {
        Throwable inner = error;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static @Nullable String known(Throwable cause) {
        return switch (cause) {
            case ConnectException e -> e.getMessage();
            case UnknownHostException e -> "unknown host " + e.getMessage();
            case SSLException e -> "TLS: " + e.getMessage();
            case RedisAuthRequiredException e -> "Redis requires a password";
            case RedisWrongPasswordException e -> "Redis refuses the password";
            case RedisMovedException e -> "a slot of the cluster has moved";
            case RedisNodeNotFoundException e -> "a slot of the cluster has no master: see CLUSTER INFO";
            case RedisTimeoutException e -> NO_ANSWER + RedissonConfig.TIMEOUT.toMillis() + " ms";
            case TimeoutException e -> NO_CONNECTION + RedissonConfig.TIMEOUT.toMillis() + " ms";
            default -> {
                String code = code(cause);
                if (NO_SENTINEL.matcher(String.valueOf(cause.getMessage())).lookingAt()) {
                    yield "the address is not that of a sentinel: the server there does not know the command SENTINEL";
                }
                String advice = code == null ? null : ADVICE.get(code);
                yield code == null ? null : "Redis answers " + code + (advice == null ? "" : ": " + advice);
            }
        };
    }

    /** The error code of Redis; null where the error is not a refusal by Redis. */
    private static @Nullable String code(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        switch (cause) {
            // Redisson removes the code from these messages.
            case RedisOutOfMemoryException e -> {
                return "OOM";
            }
            case RedisLoadingException e -> {
                return "LOADING";
            }
            case RedisBusyException e -> {
                return "BUSY";
            }
            case RedisClusterDownException e -> {
                return "CLUSTERDOWN";
            }
            case RedisMasterDownException e -> {
                return "MASTERDOWN";
            }
            default -> {}
        }
        if (NO_RIGHT.matcher(message).lookingAt()) {
            return "NOPERM";
        }
        Matcher inScript = IN_A_SCRIPT.matcher(message);
        if (inScript.lookingAt()) {
            return inScript.group(1);
        }
        Matcher code = ERROR_CODE.matcher(message);
        return code.lookingAt() ? code.group() : null;
    }
}
