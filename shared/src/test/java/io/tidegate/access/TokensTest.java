package io.tidegate.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.tidegate.access.Verdict.Reason;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.ManualClock;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokensTest {
    private final ManualClock clock = new ManualClock();

    private Verdict check(Map<String, String> settings, String token) {
        return Access.of(TokenFixture.withSecret(settings), clock).check(token);
    }

    private Verdict check(String token) {
        return check(Map.of(), token);
    }

    private JWTClaimsSet.Builder claims() {
        return TokenFixture.claims(clock.epochMillis());
    }

    private static Identity accepted(Verdict verdict) {
        return assertInstanceOf(Verdict.Accepted.class, verdict, verdict::toString)
                .identity();
    }

    private static void refused(Reason reason, String part, Verdict verdict) {
        Verdict.Refused refused = assertInstanceOf(Verdict.Refused.class, verdict, verdict::toString);
        assertEquals(reason, refused.reason(), refused::message);
        assertTrue(refused.message().contains(part), refused::message);
    }

    @Test
    void aGoodTokenSaysWhoItsUserIsAndWhatHeMayDo() {
        Map<String, Object> rights = Map.of("subscribe", List.of("news.*"), "publish", List.of("chat"));
        Identity ann = accepted(check(
                Map.of("tidegate.auth.subscribe", "user:{user}"),
                TokenFixture.signed(claims().claim("tidegate", rights)
                        .claim("scope", "openid tidegate:presence:news.* tidegate:publish:a:b tidegate:x")
                        .build())));
        assertEquals(Optional.of("ann"), ann.user());
        assertEquals(
                Optional.of(Instant.ofEpochMilli(clock.epochMillis())
                        .plus(Duration.ofHours(1))
                        .plusSeconds(30)
                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)),
                ann.expires().map(at -> at.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
        assertTrue(ann.rights().maySubscribe(new Topic("news.sport")));
        assertTrue(ann.rights().maySubscribe(new Topic("user:ann")));
        assertFalse(ann.rights().maySubscribe(new Topic("chat")));
        assertTrue(ann.rights().mayPublish(new Topic("chat")));
        assertTrue(ann.rights().mayPublish(new Topic("a:b")));
        assertFalse(ann.rights().mayPublish(new Topic("news.sport")));
        assertTrue(ann.rights().maySeePresence(new Topic("news.sport")));
    }

    @Test
    void claimsOfAnotherShapeAllowNothing() {
        for (Object claim :
                List.of("news", List.of("news"), Map.of("subscribe", "news"), Map.of("subscribe", List.of(7)))) {
            Identity ann = accepted(
                    check(TokenFixture.signed(claims().claim("tidegate", claim).build())));
            assertFalse(ann.rights().maySubscribe(new Topic("news")), claim::toString);
        }
    }

    @Test
    void whatIsNoSignedTokenIsRefused() {
        String good = TokenFixture.signed(claims().build());
        refused(Reason.INVALID, "not a signed JWT", check(""));
        refused(Reason.INVALID, "not a signed JWT", check("a.b.c"));
        refused(Reason.INVALID, "not a signed JWT", check(good + ".x"));
        refused(Reason.INVALID, "not a signed JWT", check(new PlainJWT(claims().build()).serialize()));
        refused(Reason.INVALID, "longer than", check("x".repeat(64 << 10)));
        refused(Reason.INVALID, "signature", check(good.substring(0, good.length() - 2) + "AA"));
        refused(
                Reason.INVALID,
                "signature",
                check(TokenFixture.signed(
                        "another-secret-of-more-than-32-bytes", new JWSHeader(JWSAlgorithm.HS256), claims().build())));
    }

    @Test
    void aHeaderThatIsNotAcceptedIsRefusedBeforeTheSignatureIsChecked() {
        JWTClaimsSet claims = claims().build();
        String secret = "x".repeat(64);
        refused(
                Reason.INVALID,
                "algorithm",
                check(TokenFixture.signed(secret, new JWSHeader(JWSAlgorithm.HS512), claims)));
        refused(
                Reason.INVALID,
                "critical",
                check(TokenFixture.signed(
                        TokenFixture.SECRET,
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .criticalParams(Set.of("exp"))
                                .customParam("exp", 1)
                                .build(),
                        claims)));
        refused(
                Reason.INVALID,
                "another token",
                check(TokenFixture.signed(
                        TokenFixture.SECRET,
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .type(JOSEObjectType.JWT)
                                .contentType("JWT")
                                .build(),
                        claims)));
    }

    @Test
    void aTokenMustSayWhoseItIsAndUntilWhen() {
        refused(
                Reason.INVALID,
                "no exp",
                check(TokenFixture.signed(claims().expirationTime(null).build())));
        for (String user : new String[] {null, "", "x".repeat(256), "a\nb"}) {
            refused(
                    Reason.INVALID,
                    "sub",
                    check(TokenFixture.signed(claims().subject(user).build())));
        }
    }

    @Test
    void timesCountWithTheLeewayOfTheClocks() {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        String ends = TokenFixture.signed(
                claims().expirationTime(Date.from(now.plusSeconds(10))).build());
        String begins = TokenFixture.signed(
                claims().notBeforeTime(Date.from(now.plusSeconds(40))).build());
        Map<String, String> leeway = Map.of("tidegate.auth.leeway", "30s");
        refused(Reason.INVALID, "not valid yet", check(leeway, begins));
        clock.advance(Duration.ofSeconds(11));
        accepted(check(leeway, begins));
        clock.advance(Duration.ofSeconds(28));
        accepted(check(leeway, ends));
        clock.advance(Duration.ofSeconds(1));
        refused(Reason.EXPIRED, "expired", check(leeway, ends));
    }

    @Test
    void issuerAndAudienceMustBeThoseThatAreConfigured() {
        Map<String, String> settings = Map.of("tidegate.auth.issuer", "me", "tidegate.auth.audience", "a, b");
        accepted(check(
                settings,
                TokenFixture.signed(
                        claims().issuer("me").audience(List.of("x", "b")).build())));
        refused(
                Reason.INVALID,
                "issuer",
                check(settings, TokenFixture.signed(claims().audience("a").build())));
        refused(
                Reason.INVALID,
                "audience",
                check(
                        settings,
                        TokenFixture.signed(claims().issuer("me").audience("c").build())));
        refused(
                Reason.INVALID,
                "audience",
                check(
                        settings,
                        TokenFixture.signed(
                                claims().issuer("me").audience((String) null).build())));
    }

    /** Of the processor's time: a machine that does other things gives a thread little of it. */
    @Test
    void aRefusalWithoutASignatureCostsLessThanAMillisecond() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Access access = Access.of(TokenFixture.withSecret(Map.of()), clock);
        List<String> bad = List.of(
                "x".repeat(64 << 10),
                new PlainJWT(claims().build()).serialize(),
                TokenFixture.signed(claims().expirationTime(null).build()),
                "e".repeat(12_000) + ".e.e");
        int rounds = 2_000;
        for (String token : bad) {
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < rounds; i++) {
                assertInstanceOf(Verdict.Refused.class, access.check(token));
            }
            long micros = TimeUnit.NANOSECONDS.toMicros(threads.getCurrentThreadCpuTime() - start) / rounds;
            assertTrue(micros < 1_000, () -> micros + " us");
        }
    }

    @Test
    void theCacheOfBadTokensIsBoundedAndForgets() {
        RecentRefusals refusals = new RecentRefusals(clock);
        Verdict.Refused refused = new Verdict.Refused(Reason.INVALID, "bad");
        for (int i = 0; i < 25_000; i++) {
            refusals.add("token " + i, refused);
        }
        assertEquals(Optional.of(refused), refusals.get("token 24999"));
        assertEquals(Optional.empty(), refusals.get("token 0"));
        assertTrue(refusals.size() <= 10_000);
        clock.advance(Duration.ofSeconds(61));
        assertEquals(Optional.empty(), refusals.get("token 24999"));
    }

    /** A set of keys that counts how often somebody has to check with it, and that can be exchanged. */
    private static final class CountedKeys implements Keys {
        private Object set = new Object();
        private boolean removed;
        private int asked;

        @Override
        public List<JWSVerifier> verifiers(JWSHeader header) throws JOSEException {
            asked++;
            return removed ? List.of() : List.of(new MACVerifier(TokenFixture.SECRET));
        }

        @Override
        public Optional<Object> present() {
            return Optional.of(set);
        }

        @Override
        public Optional<String> notReady() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }

    @Test
    void aTokenThatComesAgainCostsNoSignatureCheckUntilTheKeysAreOthers() {
        CountedKeys keys = new CountedKeys();
        Tokens tokens = new Tokens(TokenFixture.withSecret(Map.of()), Optional.of(keys), Optional.empty(), clock);
        String token = TokenFixture.signed(claims().build());
        accepted(tokens.check(token));
        accepted(tokens.check(token));
        assertEquals(1, keys.asked);
        refused(Reason.INVALID, "signature", tokens.check(token.substring(0, token.length() - 4) + "AAAA"));
        assertEquals(2, keys.asked);
        clock.advance(Duration.ofHours(2));
        refused(Reason.EXPIRED, "expired", tokens.check(token));

        String fresh = TokenFixture.signed(claims().build());
        accepted(tokens.check(fresh));
        keys.set = new Object();
        keys.removed = true;
        refused(Reason.INVALID, "signature", tokens.check(fresh));
    }

    @Test
    void theCacheOfGoodTokensIsBounded() {
        VerifiedTokens verified = new VerifiedTokens();
        for (int i = 0; i < 25_000; i++) {
            verified.add("token " + i, this);
        }
        assertTrue(verified.has("token 24999", this));
        assertFalse(verified.has("token 24999", new Object()));
        assertFalse(verified.has("token 0", this));
        assertTrue(verified.size() <= VerifiedTokens.MOST);
    }
}
