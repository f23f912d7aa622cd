package io.tidegate.tls;

import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The server's certificate, and the authorities of clients' certificates, for TLS handshakes. The files are read again
 * when they change: every handshake gets the last valid content, and open connections are not affected. Files that cannot
 * be used cost one log line, and the last valid content stays in use.
 *
 * <p>Only the class's own thread reads the files; any thread may ask for keys.
 */
public final class TlsKeys implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TlsKeys.class.getName());

    /** How often the files are checked. Kubernetes itself takes up to a minute to change the files of a Secret. */
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Settings.Tls settings;
    private final Clock clock;
    private final ReloadedKeyManager keys;
    private final Optional<ReloadedTrustManager> trust;
    private final Thread watching =
            Thread.ofPlatform().daemon().name("tidegate-tls").unstarted(this::watch);

    // The constructor, and then only the watching thread, use the fields below.
    private List<PemFile> used;
    private long generation;
    private String problem = "";
    private String told = "";

    /**
     * Reads the files; {@link #start} watches them.
     *
     * @param settings with a certificate
     * @throws IllegalArgumentException where the files cannot be used
     */
    public TlsKeys(Settings.Tls settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        try {
            used = read();
            keys = new ReloadedKeyManager(identity(used));
            Optional<X509ExtendedTrustManager> trusted = trusted(used);
            trust = trusted.map(ReloadedTrustManager::new);
        } catch (TlsFileException e) {
            throw new IllegalArgumentException("tidegate.tls: " + e.getMessage(), e);
        }
    }

    /** Watches the files until {@link #close}. To be called once. */
    public void start() {
        watching.start();
    }

    /** Provides the server's certificate and key. */
    public X509ExtendedKeyManager keyManager() {
        return keys;
    }

    /** Checks clients' certificates; empty where clients need none. */
    public Optional<X509ExtendedTrustManager> trustManager() {
        return trust.map(manager -> manager);
    }

    /** When the certificate in use expires. */
    public Instant expires() {
        return keys.current().expires();
    }

    @Override
    public void close() {
        watching.interrupt();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                look();
            }
        } catch (InterruptedException e) {
            // The keys were closed.
        }
    }

    /** Checks the files once. */
    void look() {
        String before = problem;
        try {
            List<PemFile> files = read();
            if (!files.equals(used)) {
                use(files);
            }
            keys.current().requireValid(settings.certificate(), clock.epochMillis());
            problem = "";
        } catch (TlsFileException e) {
            problem = String.valueOf(e.getMessage());
        }
        // While files are replaced one by one they may not fit together, so only a problem that is seen twice is
        // logged.
        if (problem.equals(before) && !problem.equals(told)) {
            told = problem;
            if (!problem.isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "TLS keeps the certificate in use, because the new one cannot be used: {0}",
                        problem);
            }
        }
    }

    /** Uses all of these files. If one cannot be used, nothing changes. */
    private void use(List<PemFile> files) throws TlsFileException {
        Identity identity = identity(files);
        Optional<X509ExtendedTrustManager> trusted = trusted(files);
        keys.use(identity);
        trust.ifPresent(manager -> trusted.ifPresent(manager::use));
        used = files;
        LOG.log(
                Level.INFO,
                "TLS: new handshakes use the certificate that is now in {0}; it expires at {1}",
                settings.certificate(),
                expires());
    }

    private Identity identity(List<PemFile> files) throws TlsFileException {
        generation++;
        return Identity.of("generation-" + generation, files.getFirst(), files.get(1), clock.epochMillis());
    }

    private static Optional<X509ExtendedTrustManager> trusted(List<PemFile> files) throws TlsFileException {
        return files.size() > 2 ? Optional.of(TrustedCertificates.manager(files.get(2))) : Optional.empty();
    }

    /** Reads the files of the certificate, the key and, where it is set, the clients' authorities. */
    private List<PemFile> read() throws TlsFileException {
        List<PemFile> files = new ArrayList<>();
        files.add(PemFile.read(settings.certificate()));
        files.add(PemFile.read(settings.key()));
        if (settings.clients().isPresent()) {
            files.add(PemFile.read(settings.clients().get()));
        }
        return files;
    }
}
