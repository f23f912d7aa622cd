package io.tidegate.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Set;

/** Checks a signature with an Ed25519 key (RFC 8037) by the JDK, because Nimbus needs one more library for it. */
final class Ed25519 implements JWSVerifier {
    private static final int BYTES = 32;

    private final PublicKey key;
    private final JCAContext context = new JCAContext();

    /**
     * A verifier for this key.
     *
     * @throws JOSEException where the key is no point of the curve
     */
    Ed25519(OctetKeyPair pair) throws JOSEException {
        byte[] bytes = pair.getX().decode();
        if (bytes.length != BYTES) {
            throw new JOSEException("an Ed25519 key has " + BYTES + " bytes");
        }
        // Little endian; the highest bit is the sign of x (RFC 8032, section 5.1.2).
        byte[] y = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            y[i] = bytes[BYTES - 1 - i];
        }
        boolean isOdd = (y[0] & 0x80) != 0;
        y[0] &= 0x7F;
        try {
            EdECPoint point = new EdECPoint(isOdd, new BigInteger(1, y));
            this.key = KeyFactory.getInstance("Ed25519")
                    .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
        } catch (GeneralSecurityException e) {
            throw new JOSEException("no Ed25519 key", e);
        }
    }

    @Override
    public boolean verify(JWSHeader header, byte[] input, Base64URL signature) throws JOSEException {
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(input);
            return check.verify(signature.decode());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
        return Set.of(JWSAlgorithm.EdDSA);
    }

    @Override
    public JCAContext getJCAContext() {
        return context;
    }
}
