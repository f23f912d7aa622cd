package io.tidegate.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two libraries, one answer. */
class EcdsaTest {
    private static final byte[] TEXT = "header.payload".getBytes(StandardCharsets.US_ASCII);

    @Test
    void theFastLibraryIsThereOnLinux() {
        assertEquals(System.getProperty("os.name").equals("Linux"), Ecdsa.FAST.isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "ES384", "ES512"})
    void bothLibrariesAcceptAndRefuseTheSame(String name) throws Exception {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        JWSHeader header = new JWSHeader(algorithm);
        Curve curve = Curve.forJWSAlgorithm(algorithm).iterator().next();
        ECKey key = new ECKeyGenerator(curve).generate();
        JWSVerifier fast = Ecdsa.verifier(key.toPublicJWK());
        JWSVerifier jdk = Ecdsa.verifier(key.toPublicJWK(), Optional.empty());
        Base64URL good = new ECDSASigner(key).sign(header, TEXT);
        assertTrue(fast.verify(header, TEXT, good));
        assertTrue(jdk.verify(header, TEXT, good));
        Random random = new Random(1);
        for (int i = 0; i < 30; i++) {
            byte[] bytes = good.decode();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Base64URL bad = Base64URL.encode(bytes);
            assertFalse(fast.verify(header, TEXT, bad), bad::toString);
            assertFalse(jdk.verify(header, TEXT, bad), bad::toString);
        }
    }

    /** CVE-2022-21449: a signature of zeros fits every key where nobody looks. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 200})
    void aSignatureOfZerosOrOfAnotherLengthIsRefusedByBoth(int length) throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).generate().toPublicJWK();
        JWSHeader header = new JWSHeader(JWSAlgorithm.ES256);
        Base64URL zeros = Base64URL.encode(new byte[length]);
        assertFalse(Ecdsa.verifier(key).verify(header, TEXT, zeros));
        assertFalse(Ecdsa.verifier(key, Optional.empty()).verify(header, TEXT, zeros));
    }
}
