package io.tidegate.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tidegate.access.Verdict.Reason;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks tokens: signed JWTs (RFC 7519) with {@code sub} and {@code exp}, by RFC 8725. Cheap checks come first. The
 * result of a signature check is remembered for a while, so that a token costs one check. Any thread.
 */
final class Tokens implements AutoCloseable {
    /** The largest token in characters. A request's headers must also fit into 16 KiB. */
    private static final int MAX_LENGTH = 12 << 10;

    private static final int MAX_USER = 255;

    private final Settings.Auth settings;
    private final Set<JWSAlgorithm> algorithms;
    private final Optional<Keys> secret;
    private final Optional<Keys> keySet;
    private final Clock clock;
    private final RecentRefusals refusals;
    private final VerifiedTokens verified = new VerifiedTokens();

    Tokens(Settings.Auth settings, Optional<Keys> secret, Optional<Keys> keySet, Clock clock) {
        this.settings = settings;
        this.algorithms =
                settings.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet());
        this.secret = secret;
        this.keySet = keySet;
        this.clock = clock;
        this.refusals = new RecentRefusals(clock);
    }

    /** Checks this token now. The call may wait for the source of the keys. */
    Verdict check(String token) {
        if (token.length() > MAX_LENGTH) {
            return invalid("the token is longer than " + MAX_LENGTH + " characters");
        }
        SignedJWT jwt;
        JWTClaimsSet claims;
        try {
            jwt = SignedJWT.parse(token);
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException e) {
            return invalid("the token is not a signed JWT");
        }
        Optional<Verdict.Refused> refused = refuse(jwt.getHeader()).or(() -> refuse(claims));
        if (refused.isPresent()) {
            return refused.get();
        }
        return refusals.get(token).map(Verdict.class::cast).orElseGet(() -> checkSignature(token, jwt, claims));
    }

    private Verdict checkSignature(String token, SignedJWT jwt, JWTClaimsSet claims) {
        Optional<Keys> keys =
                JWSAlgorithm.Family.HMAC_SHA.contains(jwt.getHeader().getAlgorithm()) ? secret : keySet;
        try {
            // The current keys are read before the check: keys that replace them during the check are another object.
            Optional<Object> present = keys.flatMap(Keys::present);
            if (present.isPresent() && verified.has(token, present.get())) {
                return accept(claims);
            }
            List<JWSVerifier> verifiers =
                    keys.isEmpty() ? List.of() : keys.get().verifiers(jwt.getHeader());
            for (JWSVerifier verifier : verifiers) {
                if (jwt.verify(verifier)) {
                    present.ifPresent(those -> verified.add(token, those));
                    return accept(claims);
                }
            }
            Verdict.Refused refused = invalid("the token's signature is not valid");
            // A key that is unknown now may be known in a moment.
            if (!verifiers.isEmpty()) {
                refusals.add(token, refused);
            }
            return refused;
        } catch (JOSEException e) {
            return new Verdict.Refused(Reason.UNAVAILABLE, "the token cannot be checked now, please retry");
        }
    }

    private Optional<Verdict.Refused> refuse(JWSHeader header) {
        if (!algorithms.contains(header.getAlgorithm())) {
            return Optional.of(invalid("the token's algorithm is not accepted"));
        }
        if (header.getCriticalParams() != null) {
            return Optional.of(invalid("the token's header has critical parameters, but this server knows none"));
        }
        return "JWT".equalsIgnoreCase(header.getContentType())
                ? Optional.of(invalid("the token contains another token, which is not allowed"))
                : Optional.empty();
    }

    private Optional<Verdict.Refused> refuse(JWTClaimsSet claims) {
        String user = claims.getSubject();
        if (user == null || user.isEmpty() || user.length() > MAX_USER || !isText(user)) {
            return Optional.of(invalid("the token has no sub of 1 to " + MAX_USER + " characters"));
        }
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            return Optional.of(invalid("the token has no exp"));
        }
        Duration leeway = settings.leeway();
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        if (!now.isBefore(expires.toInstant().plus(leeway))) {
            return Optional.of(new Verdict.Refused(Reason.EXPIRED, "the token has expired"));
        }
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && now.isBefore(notBefore.toInstant().minus(leeway))) {
            return Optional.of(invalid("the token is not valid yet"));
        }
        if (settings.issuer().isPresent() && !settings.issuer().get().equals(claims.getIssuer())) {
            return Optional.of(invalid("the token is from another issuer"));
        }
        return settings.audience().isEmpty() || settings.audience().stream().anyMatch(claims.getAudience()::contains)
                ? Optional.empty()
                : Optional.of(invalid("the token is for another audience"));
    }

    /** Whether a user can be sent as UTF-8, and printed on one line. */
    private static boolean isText(String user) {
        return user.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private Verdict accept(JWTClaimsSet claims) {
        Optional<String> user = Optional.of(claims.getSubject());
        Rights rights = Rights.of(user, settings.user(), Claims.patterns(claims), Claims.scopes(claims));
        Instant expires = claims.getExpirationTime().toInstant().plus(settings.leeway());
        return new Verdict.Accepted(new Identity(true, user, rights, Optional.of(expires)));
    }

    private static Verdict.Refused invalid(String message) {
        return new Verdict.Refused(Reason.INVALID, message);
    }

    Optional<String> notReady() {
        return keySet.flatMap(Keys::notReady);
    }

    @Override
    public void close() {
        keySet.ifPresent(Keys::close);
    }
}
