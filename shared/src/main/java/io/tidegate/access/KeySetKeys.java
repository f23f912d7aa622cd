package io.tidegate.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a JWK Set (RFC 7517). One thread reads the source: in the background from time to time, and at once
 * for an unknown key. The last set stays in use until there is a new one. So a source that is down, slow or wrong neither
 * delays nor refuses a token whose key is known.
 */
final class KeySetKeys implements Keys {
    private static final Logger LOG = System.getLogger("io.tidegate.access");

    /** The largest number of keys that are tried for a token that names none. */
    private static final int MOST = 8;

    /**
     * How often the source is read.
     *
     * @param interval between two reads while no token waits
     * @param again the same after a failure
     * @param least between two reads while tokens wait
     * @param patience how long a token with an unknown key waits
     */
    record Pace(Duration interval, Duration again, Duration least, Duration patience) {
        static final Pace DEFAULT =
                new Pace(Duration.ofMinutes(5), Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(3));
    }

    private final KeySetSource source;
    private final Pace pace;
    private final Semaphore wanted = new Semaphore(1);
    private final AtomicReference<CompletableFuture<Void>> next = new AtomicReference<>(new CompletableFuture<>());
    private final Thread asking;
    private volatile @Nullable JWKSet keys;

    /** The failure of the last read; empty where it succeeded. */
    private volatile String problem = "not asked yet";

    /** Starts to read at once, in the background. */
    KeySetKeys(KeySetSource source, Pace pace) {
        this.source = source;
        this.pace = pace;
        this.asking = Thread.ofVirtual().name("tidegate-keys").start(this::run);
    }

    private void run() {
        try {
            Duration pause = Duration.ZERO;
            while (true) {
                boolean ignored = wanted.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                wanted.drainPermits();
                CompletableFuture<Void> served = next.getAndSet(new CompletableFuture<>());
                ask();
                served.complete(null);
                Thread.sleep(pace.least);
                pause = problem.isEmpty() ? pace.interval : pace.again;
            }
        } catch (InterruptedException e) {
            // The keys were closed.
        }
    }

    private void ask() throws InterruptedException {
        String before = problem;
        try {
            keys = source.read();
            problem = "";
        } catch (IOException e) {
            problem = source.location() + ": "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
        if (!problem.equals(before) && !problem.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "Cannot read the keys that verify tokens, so the last keys stay in use: {0}",
                    problem);
        }
    }

    @Override
    public List<JWSVerifier> verifiers(JWSHeader header) throws JOSEException {
        JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
        if (matcher == null) {
            return List.of();
        }
        JWKSelector selector = new JWKSelector(matcher);
        List<JWSVerifier> known = select(selector);
        if (known.isEmpty()) {
            awaitNext();
            known = select(selector);
        }
        if (known.isEmpty() && !problem.isEmpty()) {
            throw new KeySourceException("the key may be one that cannot be read now");
        }
        return known;
    }

    private List<JWSVerifier> select(JWKSelector selector) {
        JWKSet present = keys;
        return present == null
                ? List.of()
                : selector.select(present).stream()
                        .limit(MOST)
                        .flatMap(key -> verifier(key).stream())
                        .toList();
    }

    /** Waits for the end of the next read. */
    private void awaitNext() {
        CompletableFuture<Void> asked = next.get();
        wanted.release();
        try {
            asked.get(pace.patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The key stays unknown.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves out a key that cannot be used. The other keys of the set stay valid. */
    private static Optional<JWSVerifier> verifier(JWK key) {
        try {
            return switch (key) {
                case RSAKey rsa -> Optional.of(new RSASSAVerifier(rsa));
                case ECKey ec -> Optional.of(Ecdsa.verifier(ec));
                case OctetKeyPair pair when pair.getCurve().equals(Curve.Ed25519) -> Optional.of(new Ed25519(pair));
                default -> Optional.empty();
            };
        } catch (JOSEException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Object> present() {
        return Optional.ofNullable(keys);
    }

    @Override
    public Optional<String> notReady() {
        return keys == null ? Optional.of("no keys for tokens yet: " + problem) : Optional.empty();
    }

    @Override
    public void close() {
        asking.interrupt();
        source.close();
    }
}
