package io.tidegate.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** The certificates that a peer's certificate must lead to. */
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /**
     * Trusts only the certificates of a PEM file.
     *
     * @param key of the setting that names the file
     * @throws IllegalArgumentException where the file has no certificate
     */
    public static TrustManagerFactory of(String key, Path file) {
        try {
            return of(PemFile.read(file));
        } catch (TlsFileException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    static X509ExtendedTrustManager manager(PemFile file) throws TlsFileException {
        return Arrays.stream(of(file).getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new TlsFileException("this Java cannot check X.509 certificates"));
    }

    private static TrustManagerFactory of(PemFile file) throws TlsFileException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate trusted : file.certificates()) {
                store.setCertificateEntry("trusted-" + store.size(), trusted);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new TlsFileException(file.path() + " cannot be used: " + e.getMessage());
        }
    }
}
