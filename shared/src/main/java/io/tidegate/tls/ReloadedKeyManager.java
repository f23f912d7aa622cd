package io.tidegate.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Provides the current identity. A handshake first asks for an alias, and then for the certificate and the key of that
 * alias. The previous identity is kept, so that both come from the same identity. Any thread.
 */
final class ReloadedKeyManager extends X509ExtendedKeyManager {
    private record Both(Identity current, Identity before) {}

    private volatile Both identities;

    ReloadedKeyManager(Identity first) {
        identities = new Both(first, first);
    }

    void use(Identity next) {
        identities = new Both(next, identities.current);
    }

    Identity current() {
        return identities.current;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return current().manager().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return current().manager().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return current().manager().getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return named(alias).manager().getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return named(alias).manager().getPrivateKey(alias);
    }

    /** This key manager is only for servers. */
    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    private Identity named(String alias) {
        Both both = identities;
        return alias.equals(both.before.alias()) ? both.before : both.current;
    }
}
