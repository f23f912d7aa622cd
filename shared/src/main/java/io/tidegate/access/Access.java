package io.tidegate.access;

import io.tidegate.access.Verdict.Reason;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * Decides which clients may connect, and with which identity. While no key is set the server is open: every client may do
 * everything. Any thread; {@link #check} and {@link #admit} may wait for the source of the keys.
 */
public final class Access implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.tidegate.access");

    private final Optional<Tokens> tokens;
    private final Verdict withoutToken;

    private Access(Optional<Tokens> tokens, Verdict withoutToken) {
        this.tokens = tokens;
        this.withoutToken = withoutToken;
    }

    /** Access according to the settings. Starts to read a JWK Set where there is one. */
    public static Access of(Settings.Auth settings, Clock clock) {
        if (settings.isOpen()) {
            return new Access(Optional.empty(), new Verdict.Accepted(Identity.OPEN));
        }
        Optional<Keys> secret = settings.secret().map(SecretKeys::new);
        Optional<Keys> keySet =
                settings.jwks().map(location -> new KeySetKeys(KeySetSource.at(location), KeySetKeys.Pace.DEFAULT));
        return closed(settings, new Tokens(settings, secret, keySet, clock));
    }

    static Access closed(Settings.Auth settings, Tokens tokens) {
        Settings.Patterns anonymous = settings.anonymous();
        boolean mayBeAnonymous =
                !anonymous.subscribe().isEmpty() || !anonymous.publish().isEmpty();
        Rights rights = Rights.of(Optional.empty(), anonymous);
        return new Access(
                Optional.of(tokens),
                mayBeAnonymous
                        ? new Verdict.Accepted(new Identity(true, Optional.empty(), rights, Optional.empty()))
                        : new Verdict.Refused(Reason.MISSING, "a token is needed"));
    }

    /** Whether every client may do everything. */
    public boolean isOpen() {
        return tokens.isEmpty();
    }

    /** Logs a warning once, at the start, if the server is open. */
    public void warnIfOpen() {
        if (isOpen()) {
            LOG.log(
                    Level.WARNING,
                    "This server is open: every client may read and write every topic; to close it, set"
                            + " tidegate.auth.jwks or tidegate.auth.secret");
        }
    }

    /**
     * Decides on a handshake.
     *
     * @param topics to which the handshake subscribes from the start
     */
    public Verdict admit(Credentials credentials, List<Topic> topics) {
        Verdict verdict = credentials.token().map(this::check).orElse(withoutToken);
        if (verdict instanceof Verdict.Accepted accepted
                && !topics.stream().allMatch(accepted.identity().rights()::maySubscribe)) {
            return new Verdict.Refused(Reason.FORBIDDEN, "subscribing to this topic is not allowed");
        }
        return verdict;
    }

    /** Checks a token now. On an open server the result does not depend on the token. */
    public Verdict check(String token) {
        return tokens.isEmpty() ? withoutToken : tokens.get().check(token);
    }

    /** The reason why no token can be checked yet. */
    public Optional<String> notReady() {
        return tokens.flatMap(Tokens::notReady);
    }

    @Override
    public void close() {
        tokens.ifPresent(Tokens::close);
    }
}
