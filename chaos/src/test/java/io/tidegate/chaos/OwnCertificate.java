package io.tidegate.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A certificate for localhost, made as {@code ./tidegate run --tls} makes it. */
record OwnCertificate(Path directory) {

    static OwnCertificate make(Path jar, Path directory) throws IOException, InterruptedException {
        Process maker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        jar.toString(),
                        "io.tidegate.tls.LocalCertificate",
                        directory.toString())
                .inheritIO()
                .start();
        assertEquals(0, maker.waitFor());
        return new OwnCertificate(directory);
    }

    /** Of a server that shows it, and whose management port stays plain. */
    Map<String, String> settings() {
        return Map.of(
                "tidegate.tls.certificate", directory.resolve("tls.crt").toString(),
                "tidegate.tls.key", directory.resolve("tls.key").toString(),
                "tidegate.tls.management", "false");
    }

    /** Of a client that trusts it and nothing else. */
    X509TrustManager trust() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(directory.resolve("tls.crt"))) {
            store.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return (X509TrustManager) trust.getTrustManagers()[0];
    }

    SSLContext context() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust()}, null);
        return context;
    }
}
