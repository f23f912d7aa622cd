package io.tidegate.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A certificate with its chain and its key. They belong together and are valid.
 *
 * @param alias a unique name, so that a handshake gets the key of the certificate that it was given
 */
record Identity(String alias, X509Certificate certificate, X509ExtendedKeyManager manager) {
    private static final char[] NO_PASSWORD = {};

    /**
     * Combines the contents of two files.
     *
     * @throws TlsFileException where they do not belong together, or the certificate is not valid now
     */
    static Identity of(String alias, PemFile certificates, PemFile keys, long epochMillis) throws TlsFileException {
        List<X509Certificate> chain = certificates.certificates();
        X509Certificate certificate = chain.getFirst();
        PrivateKey key = keys.key(certificate.getPublicKey());
        try {
            if (!belongs(key, certificate)) {
                throw new TlsFileException(
                        keys.path() + " is not the key of the certificate in " + certificates.path());
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(alias, key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, NO_PASSWORD);
            Identity identity = new Identity(alias, certificate, extended(factory.getKeyManagers()));
            identity.requireValid(certificates.path(), epochMillis);
            return identity;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFileException(
                    certificates.path() + " and " + keys.path() + " cannot be used: " + e.getMessage());
        }
    }

    private static X509ExtendedKeyManager extended(KeyManager[] managers) throws GeneralSecurityException {
        return Arrays.stream(managers)
                .filter(X509ExtendedKeyManager.class::isInstance)
                .map(X509ExtendedKeyManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("this Java has no manager of X.509 keys"));
    }

    Instant expires() {
        return certificate.getNotAfter().toInstant();
    }

    /**
     * Checks that the certificate is valid now.
     *
     * @param file from which the certificate was read, for the message
     */
    void requireValid(Path file, long epochMillis) throws TlsFileException {
        Instant now = Instant.ofEpochMilli(epochMillis);
        Instant from = certificate.getNotBefore().toInstant();
        if (now.isAfter(expires())) {
            throw new TlsFileException("the certificate in " + file + " has expired at " + expires());
        }
        if (now.isBefore(from)) {
            throw new TlsFileException("the certificate in " + file + " is not valid before " + from);
        }
    }

    private static boolean belongs(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (certificate.getPublicKey().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String other -> other;
        };
        byte[] text = certificate.getEncoded();
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(text);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(text);
        return verifier.verify(signature);
    }
}
