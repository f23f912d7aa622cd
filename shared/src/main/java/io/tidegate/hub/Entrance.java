package io.tidegate.hub;

import io.tidegate.access.Access;
import io.tidegate.access.Credentials;
import io.tidegate.access.Verdict;
import io.tidegate.access.Verdict.Reason;
import io.tidegate.hub.Admission.Permit;
import io.tidegate.hub.Admission.Refused;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Auth;
import io.tidegate.metrics.Metrics.Rejection;
import io.tidegate.protocol.Route;
import java.util.Optional;

/** The last check of a handshake that {@link Admission} has let pass: its client's identity. Any thread. */
public final class Entrance {
    private static final int RETRY_SECONDS = 1;

    private final Access access;
    private final Metrics metrics;

    Entrance(Access access, Metrics metrics) {
        this.access = access;
        this.metrics = metrics;
    }

    /** What happens to a handshake. */
    public sealed interface Decision {}

    /** The handshake is answered with 101. The peer may still be one that is refused by frames. */
    public record Open(Peer peer) implements Decision {}

    /** The handshake is answered with an HTTP status. The permit is closed. */
    public record Status(Refused refused) implements Decision {}

    /** Decides. The call may wait for the source of the keys. */
    public Decision enter(Credentials credentials, Route.Found route, Permit permit) {
        Verdict verdict = access.admit(credentials, route.topics());
        if (!access.isOpen()) {
            metrics.auth(outcome(verdict)).increment();
        }
        return switch (verdict) {
            case Verdict.Accepted accepted -> {
                Optional<Refused> tooMany = accepted.identity().user().flatMap(permit::of);
                yield tooMany.isPresent()
                        ? status(permit, tooMany.get())
                        : new Open(new Peer(route.wire(), route.topics(), permit, accepted.identity()));
            }
            case Verdict.Refused refused -> refuse(refused, credentials, route, permit);
        };
    }

    private Decision refuse(Verdict.Refused refused, Credentials credentials, Route.Found route, Permit permit) {
        Reason reason = refused.reason();
        metrics.connectionsRejected(reason == Reason.FORBIDDEN ? Rejection.FORBIDDEN : Rejection.TOKEN)
                .increment();
        if (reason == Reason.INVALID) {
            permit.tokenRefused();
        }
        return credentials.readsStatus() || reason == Reason.UNAVAILABLE
                ? status(permit, response(refused))
                : new Open(Peer.refused(route.wire(), permit, Refusal.of(refused)));
    }

    private static Status status(Permit permit, Refused refused) {
        permit.close();
        return new Status(refused);
    }

    /** The HTTP response to a refused token (RFC 6750, section 3). */
    private static Refused response(Verdict.Refused refused) {
        String message = refused.message();
        return switch (refused.reason()) {
            case MISSING -> new Refused(401, 0, message, Optional.of("Bearer"));
            case INVALID, EXPIRED -> new Refused(401, 0, message, Optional.of(challenge("invalid_token", message)));
            case FORBIDDEN -> new Refused(403, 0, message, Optional.of(challenge("insufficient_scope", message)));
            case UNAVAILABLE -> new Refused(503, RETRY_SECONDS, message, Optional.empty());
        };
    }

    private static String challenge(String error, String message) {
        return "Bearer error=\"" + error + "\", error_description=\"" + message + "\"";
    }

    private static Auth outcome(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted accepted -> Auth.ACCEPTED;
            case Verdict.Refused refused ->
                switch (refused.reason()) {
                    case MISSING -> Auth.MISSING;
                    case INVALID -> Auth.INVALID;
                    case EXPIRED -> Auth.EXPIRED;
                    case FORBIDDEN -> Auth.FORBIDDEN;
                    case UNAVAILABLE -> Auth.UNAVAILABLE;
                };
        };
    }
}
