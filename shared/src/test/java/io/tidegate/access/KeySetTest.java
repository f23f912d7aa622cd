package io.tidegate.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.access.Verdict.Reason;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source of keys in its illnesses: a real HTTP server that rotates keys, goes away, comes back, lies or is slow. */
class KeySetTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final KeySetKeys.Pace PACE = new KeySetKeys.Pace(
            Duration.ofMillis(300), Duration.ofMillis(100), Duration.ofMillis(50), Duration.ofMillis(500));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private volatile String body = "";
    private volatile CountDownLatch answering = new CountDownLatch(0);

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @SuppressWarnings("NullAway.Init")
    private Tokens tokens;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            try {
                answering.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        answering.countDown();
        tokens.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    }

    private static Settings.Auth settings(String location) {
        return SettingsReader.read(
                        Map.of("tidegate.auth.jwks", location, "tidegate.auth.audience", "tidegate"), Map.of())
                .auth();
    }

    private void open() {
        tokens = new Tokens(
                settings(url()),
                Optional.empty(),
                Optional.of(new KeySetKeys(KeySetSource.at(url()), PACE)),
                Clock.system());
    }

    private void openWith(JWK... keys) {
        publish(keys);
        open();
        Await.until("keys", LIMIT, () -> tokens.notReady().isEmpty());
    }

    private void publish(JWK... keys) {
        body = new JWKSet(List.of(keys)).toString();
    }

    private static JWK ec(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWTClaimsSet claims() {
        return TokenFixture.claims(System.currentTimeMillis()).build();
    }

    private static String token(JWK key) {
        return TokenFixture.signed(key, claims());
    }

    private void assertAccepted(String token) {
        Verdict verdict = tokens.check(token);
        assertInstanceOf(Verdict.Accepted.class, verdict, verdict::toString);
    }

    private void assertRefused(Reason reason, String token) {
        Verdict verdict = tokens.check(token);
        assertEquals(reason, assertInstanceOf(Verdict.Refused.class, verdict).reason());
    }

    @Test
    void keysOfEachKindCheckTheirTokens() throws JOSEException, GeneralSecurityException {
        JWK rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        JWK ec = ec("ec");
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] x = new byte[32];
        byte[] encoded = pair.getPublic().getEncoded();
        System.arraycopy(encoded, encoded.length - 32, x, 0, 32);
        assertEquals(
                "EdDSA", assertInstanceOf(EdECPublicKey.class, pair.getPublic()).getAlgorithm());
        OctetKeyPair ed = new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x))
                .keyID("ed")
                .build();
        openWith(rsa, ec, ed);
        assertAccepted(token(rsa));
        assertAccepted(token(ec));

        String input =
                new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("ed").build().toBase64URL() + "."
                        + claims().toPayload().toBase64URL();
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(UTF_8));
        byte[] signed = signature.sign();
        assertAccepted(input + "." + Base64URL.encode(signed));
        assertRefused(Reason.INVALID, input + "." + Base64URL.encode(Arrays.copyOf(signed, 63)));
        signed[5] ^= 1;
        assertRefused(Reason.INVALID, input + "." + Base64URL.encode(signed));
    }

    /** RFC 8725, section 2.1: the public key of others as the secret of an HMAC. */
    @Test
    void aPublicKeyIsNoSecret() {
        JWK ec = ec("k");
        openWith(ec);
        assertRefused(
                Reason.INVALID,
                TokenFixture.signed(ec.toPublicJWK().toString(), new JWSHeader(JWSAlgorithm.HS256), claims()));
    }

    @Test
    void aNewKeyIsKnownWithItsFirstTokenAndTheOldOnesGoOn() {
        JWK old = ec("old");
        openWith(old);
        JWK fresh = ec("fresh");
        publish(old, fresh);
        long start = System.nanoTime();
        Await.until(
                "the new key is known",
                Duration.ofSeconds(1),
                () -> tokens.check(token(fresh)) instanceof Verdict.Accepted);
        assertTrue(System.nanoTime() - start < Duration.ofSeconds(1).toNanos());
        assertAccepted(token(old));
    }

    @Test
    void aKeyThatIsTakenOutOfTheSetCountsNoLonger() {
        JWK old = ec("old");
        JWK fresh = ec("fresh");
        openWith(old, fresh);
        String stolen = token(old);
        assertAccepted(stolen);
        publish(fresh);
        Await.until("the old key is gone", LIMIT, () -> tokens.check(stolen) instanceof Verdict.Refused);
        assertAccepted(token(fresh));
    }

    @Test
    void whileTheSourceIsAwayOrLiesTheKnownKeysGoOn() {
        JWK key = ec("key");
        openWith(key);
        String good = body;
        for (String illness :
                List.of("503", "404", "<html>", "{}", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"x\"}]}", "")) {
            status = illness.length() == 3 ? Integer.parseInt(illness) : 200;
            body = illness;
            int before = asked.get();
            // Until it has been asked twice while it is ill.
            Await.until("asked again", LIMIT, () -> {
                assertAccepted(token(key));
                return asked.get() >= before + 2;
            });
        }
        status = 200;
        body = good;
        assertAccepted(token(key));
    }

    /** It is asked, and does not answer for as long as the test likes; nothing that needs it not waits for it. */
    @Test
    void aSourceThatAnswersSlowlyDelaysNoTokenWhoseKeyIsKnown() {
        JWK key = ec("key");
        openWith(key);
        answering = new CountDownLatch(1);
        int before = asked.get();
        Await.until("it is being asked", LIMIT, () -> asked.get() > before);
        for (int i = 0; i < 100; i++) {
            assertAccepted(token(key));
        }
        assertEquals(1, answering.getCount());
        assertEquals(before + 1, asked.get());
        assertRefused(Reason.INVALID, token(ec("unknown")));
        answering.countDown();
        Await.until("it is asked again", LIMIT, () -> asked.get() > before + 1);
    }

    @Test
    void aNodeThatHasNeverHadKeysIsNotReadyAndSaysWhy() {
        status = 500;
        open();
        JWK key = ec("key");
        Await.until(
                "told why", LIMIT, () -> tokens.notReady().stream().anyMatch(why -> why.contains("HTTP status 500")));
        assertRefused(Reason.UNAVAILABLE, token(key));
        status = 200;
        publish(key);
        Await.until("ready", LIMIT, () -> tokens.notReady().isEmpty());
        assertAccepted(token(key));
    }

    @Test
    void unknownKeysCostTheSourceNoMoreThanItsPace() {
        JWK key = ec("key");
        openWith(key);
        int before = asked.get();
        long start = System.nanoTime();
        for (int i = 0; i < 30; i++) {
            assertInstanceOf(Verdict.Refused.class, tokens.check(token(ec("unknown-" + i))));
        }
        assertAccepted(token(key));
        long most = 4
                + 2
                        * Duration.ofNanos(System.nanoTime() - start).toMillis()
                        / PACE.least().toMillis();
        assertTrue(asked.get() - before <= most, () -> asked.get() - before + " of " + most);
    }

    @Test
    void aFileIsReadAgain(@TempDir Path folder) throws IOException {
        JWK key = ec("key");
        Path file = folder.resolve("keys.json");
        Files.writeString(file, new JWKSet(key).toString());
        tokens = new Tokens(
                settings(file.toString()),
                Optional.empty(),
                Optional.of(new KeySetKeys(KeySetSource.at(file.toString()), PACE)),
                Clock.system());
        Await.until("keys", LIMIT, () -> tokens.notReady().isEmpty());
        assertAccepted(token(key));
        JWK fresh = ec("fresh");
        Files.writeString(file, new JWKSet(List.of(key, fresh)).toString());
        Await.until("read again", LIMIT, () -> tokens.check(token(fresh)) instanceof Verdict.Accepted);
    }
}
