package io.tidegate.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.settings.Settings;
import io.tidegate.testing.LogLines;
import io.tidegate.testing.ManualClock;
import io.tidegate.testing.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of TLS, as they are and as they change. */
class TlsKeysTest {
    @RegisterExtension
    private final LogLines lines = new LogLines(TlsKeys.class.getName());

    private final ManualClock clock = new ManualClock();

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @BeforeEach
    void now() {
        // Behind the certificates that the test makes.
        clock.setEpochMillis(System.currentTimeMillis() + 600_000);
    }

    private TlsKeys keys(SelfSigned files) {
        return keys(files, Optional.empty());
    }

    private TlsKeys keys(SelfSigned files, Optional<Path> clients) {
        return new TlsKeys(new Settings.Tls(files.certificate(), files.key(), clients, true), clock);
    }

    /** The certificate that a client is shown. */
    private static X509Certificate shown(TlsKeys keys, SSLContext client) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trust = keys.trustManager().stream().toArray(TrustManager[]::new);
            context.init(new KeyManager[] {keys.keyManager()}, trust, null);
            try (SSLServerSocket server = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                server.setNeedClientAuth(keys.trustManager().isPresent());
                FutureTask<Integer> answer = new FutureTask<>(() -> {
                    try (SSLSocket socket = (SSLSocket) server.accept()) {
                        socket.getOutputStream().write(7);
                        return socket.getInputStream().read();
                    }
                });
                Thread.ofVirtual().start(answer);
                try (SSLSocket socket = (SSLSocket)
                        client.getSocketFactory().createSocket(server.getInetAddress(), server.getLocalPort())) {
                    assertEquals(7, socket.getInputStream().read());
                    socket.getOutputStream().write(8);
                    assertEquals(8, answer.get());
                    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
                }
            }
        } catch (IOException | GeneralSecurityException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String refusal(Runnable attempt) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, attempt::run).getMessage());
    }

    /** The octets of the older form, which PKCS#8 holds behind a version and an algorithm. */
    private static byte[] inner(byte[] pkcs8) {
        ByteBuffer der = ByteBuffer.wrap(pkcs8);
        enter(der);
        skip(der);
        skip(der);
        byte[] key = new byte[enter(der)];
        der.get(key);
        return key;
    }

    private static void skip(ByteBuffer der) {
        int length = enter(der);
        der.position(der.position() + length);
    }

    private static int enter(ByteBuffer der) {
        der.get();
        int length = der.get() & 0xFF;
        if (length < 0x80) {
            return length;
        }
        int bytes = length & 0x7F;
        length = 0;
        for (int i = 0; i < bytes; i++) {
            length = (length << 8) | (der.get() & 0xFF);
        }
        return length;
    }

    @ParameterizedTest
    @CsvSource({
        "EC, PRIVATE KEY",
        "RSA, PRIVATE KEY",
        "Ed25519, PRIVATE KEY",
        "EC, EC PRIVATE KEY",
        "RSA, RSA PRIVATE KEY"
    })
    void everyKindOfKeyIsTakenInEveryFormThatIsWritten(String algorithm, String form) throws Exception {
        SelfSigned files = SelfSigned.in(directory, "-keyalg", algorithm);
        if (!form.equals("PRIVATE KEY")) {
            byte[] pkcs8 = files.pkcs8();
            SelfSigned.pem(files.key(), form, inner(pkcs8));
        }
        assertEquals(files.shown(), shown(keys(files), files.trusting()));
    }

    @Test
    void aNewHandshakeGetsTheNewCertificateAndOneUnderWayTheKeyOfItsOwn() {
        SelfSigned first = SelfSigned.in(directory);
        TlsKeys keys = keys(first);
        String alias = Objects.requireNonNull(keys.keyManager().chooseServerAlias("EC", null, null));
        Object key = keys.keyManager().getPrivateKey(alias);

        SelfSigned second = SelfSigned.in(directory);
        keys.look();
        assertEquals(second.shown(), shown(keys, second.trusting()));
        assertEquals(key, keys.keyManager().getPrivateKey(alias));
        assertEquals(1, lines.all().size(), lines::toString);
        assertTrue(lines.all().getFirst().startsWith("INFO TLS: new handshakes use the certificate"), lines::toString);
        keys.look();
        assertEquals(1, lines.all().size(), lines::toString);
    }

    @Test
    void whatCannotBeUsedIsToldOnceAndWhatWasGoodStays() throws Exception {
        SelfSigned files = SelfSigned.in(directory);
        TlsKeys keys = keys(files);
        SelfSigned other = SelfSigned.in(Files.createDirectory(directory.resolve("other")));

        Files.copy(other.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        keys.look();
        assertEquals(List.of(), lines.all(), "the key may follow");
        keys.look();
        keys.look();
        assertEquals(
                List.of("WARNING TLS keeps the certificate in use, because the new one cannot be used: " + files.key()
                        + " is not the key of the certificate in " + files.certificate()),
                lines.all());
        assertEquals(files.shown(), shown(keys, files.trusting()));

        lines.clear();
        Files.delete(files.key());
        keys.look();
        keys.look();
        assertEquals(
                List.of("WARNING TLS keeps the certificate in use, because the new one cannot be used: " + files.key()
                        + " does not exist"),
                lines.all());

        lines.clear();
        Files.copy(other.key(), files.key());
        keys.look();
        assertEquals(other.shown(), shown(keys, other.trusting()));
        assertEquals(List.of(), lines.warnings());
    }

    @Test
    void aCertificateThatExpiresIsToldOnce() {
        SelfSigned files = SelfSigned.in(directory, "-keyalg", "EC", "-validity", "2");
        TlsKeys keys = keys(files);
        clock.advance(Duration.ofDays(3));
        keys.look();
        keys.look();
        keys.look();
        assertEquals(
                List.of(
                        "WARNING TLS keeps the certificate in use, because the new one cannot be used: the certificate in "
                                + files.certificate() + " has expired at " + keys.expires()),
                lines.all());
    }

    @Test
    void aServerDoesNotStartWithWhatCannotBeUsed() throws Exception {
        SelfSigned old = SelfSigned.in(directory, "-keyalg", "EC", "-startdate", "-9d", "-validity", "5");
        assertTrue(refusal(() -> keys(old)).contains(old.certificate() + " has expired at "));
        SelfSigned early = SelfSigned.in(directory, "-keyalg", "EC", "-startdate", "+9d");
        assertTrue(refusal(() -> keys(early)).contains(early.certificate() + " is not valid before "));

        SelfSigned files = SelfSigned.in(directory);
        SelfSigned rsa = SelfSigned.in(Files.createDirectory(directory.resolve("rsa")), "-keyalg", "RSA");
        assertEquals(
                "tidegate.tls: " + rsa.key() + " holds no private key of the certificate's kind, EC",
                refusal(() -> keys(new SelfSigned(files.certificate(), rsa.key(), files.store()))));
        assertEquals(
                "tidegate.tls: " + files.key() + " holds no certificates in PEM form",
                refusal(() -> keys(new SelfSigned(files.key(), files.key(), files.store()))));
        SelfSigned.pem(files.key(), "ENCRYPTED PRIVATE KEY", new byte[64]);
        assertEquals(
                "tidegate.tls: " + files.key() + " holds no private key in PEM form without a passphrase",
                refusal(() -> keys(files)));
    }

    @Test
    void clientsAreCheckedByTheCertificatesThatCountNow() throws Exception {
        SelfSigned server = SelfSigned.in(directory);
        SelfSigned client = SelfSigned.in(Files.createDirectory(directory.resolve("client")));
        Path clients = Files.copy(server.certificate(), directory.resolve("ca.crt"));
        TlsKeys keys = keys(server, Optional.of(clients));
        assertEquals(server.shown(), shown(keys, server.showing()));
        assertThrows(IllegalStateException.class, () -> shown(keys, server.trusting()));

        Files.copy(client.certificate(), clients, StandardCopyOption.REPLACE_EXISTING);
        keys.look();
        assertThrows(IllegalStateException.class, () -> shown(keys, server.showing()));
        assertArrayEquals(
                new X509Certificate[] {client.shown()},
                keys.trustManager().orElseThrow().getAcceptedIssuers());
    }
}
