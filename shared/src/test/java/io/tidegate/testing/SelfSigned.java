package io.tidegate.testing;

import io.tidegate.tls.LocalCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 and localhost and its key, in PEM form; it is its own authority.
 *
 * @param store both of them, as Java wants them
 */
public record SelfSigned(Path certificate, Path key, KeyStore store) {
    private static final char[] PASSWORD = LocalCertificate.PASSWORD.toCharArray();

    /** One on an elliptic curve, in files of this directory. */
    public static SelfSigned in(Path directory) {
        return in(directory, "-keyalg", "EC");
    }

    /**
     * Makes one; earlier files of the same directory are replaced.
     *
     * @param options of {@code keytool -genkeypair}
     */
    public static SelfSigned in(Path directory, String... options) {
        try {
            LocalCertificate made = LocalCertificate.make(directory, options);
            return new SelfSigned(made.certificate(), made.key(), made.store());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The certificate. */
    public X509Certificate shown() {
        try {
            return (X509Certificate) store.getCertificate(LocalCertificate.ALIAS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key, as its file holds it. */
    public byte[] pkcs8() {
        try {
            return store.getKey(LocalCertificate.ALIAS, PASSWORD).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes such a file. */
    public static Path pem(Path file, String kind, byte[] bytes) {
        try {
            return LocalCertificate.pem(file, kind, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a client that trusts servers with this certificate, and shows none itself. */
    public SSLContext trusting() {
        return context(false);
    }

    /** The same, but it shows this certificate to who asks. */
    public SSLContext showing() {
        return context(true);
    }

    private SSLContext context(boolean shows) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", store.getCertificate(LocalCertificate.ALIAS));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shows ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
