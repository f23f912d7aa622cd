package io.tidegate.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

/** Makes tokens. */
final class TokenFixture {
    static final String SECRET = "a-secret-of-more-than-thirty-two-bytes";

    private TokenFixture() {}

    /** Claims of a good token, at this time. */
    static JWTClaimsSet.Builder claims(long epochMillis) {
        return new JWTClaimsSet.Builder()
                .subject("ann")
                .audience("tidegate")
                .expirationTime(Date.from(Instant.ofEpochMilli(epochMillis).plus(Duration.ofHours(1))));
    }

    static String signed(JWTClaimsSet claims) {
        return signed(SECRET, new JWSHeader(JWSAlgorithm.HS256), claims);
    }

    static String signed(String secret, JWSHeader header, JWTClaimsSet claims) {
        try {
            return signed(new MACSigner(secret.getBytes(UTF_8)), header, claims);
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String signed(JWK key, JWTClaimsSet claims) {
        try {
            return switch (key) {
                case RSAKey rsa -> signed(new RSASSASigner(rsa), header(JWSAlgorithm.RS256, key), claims);
                case ECKey ec -> signed(new ECDSASigner(ec), header(JWSAlgorithm.ES256, key), claims);
                default -> throw new IllegalArgumentException("no signer for " + key.getKeyType());
            };
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JWSHeader header(JWSAlgorithm algorithm, JWK key) {
        return new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build();
    }

    private static String signed(JWSSigner signer, JWSHeader header, JWTClaimsSet claims) throws JOSEException {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    /** Of a server that is closed with {@link #SECRET}. */
    static Settings.Auth withSecret(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("tidegate.auth.secret", SECRET);
        return SettingsReader.read(settings, Map.of()).auth();
    }
}
