package io.tidegate.helidon;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsConfig;
import io.helidon.common.tls.TlsManager;
import io.tidegate.tls.TlsKeys;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/** A node's keys in the form that Helidon needs for a listener. They reload themselves. */
public final class NodeTls implements TlsManager {
    /** The type in Helidon's configuration. */
    public static final String TYPE = "tidegate";

    private final TlsKeys keys;
    private final SSLContext context;

    public NodeTls(TlsKeys keys) {
        this.keys = keys;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {keys.keyManager()},
                    keys.trustManager().stream().toArray(TrustManager[]::new),
                    null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void init(TlsConfig config) {}

    @Override
    public void reload(Tls tls) {
        throw new UnsupportedOperationException("the files are watched");
    }

    @Override
    public SSLContext sslContext() {
        return context;
    }

    @Override
    public Optional<X509KeyManager> keyManager() {
        return Optional.of(keys.keyManager());
    }

    @Override
    public Optional<X509TrustManager> trustManager() {
        return keys.trustManager().map(trust -> trust);
    }
}
