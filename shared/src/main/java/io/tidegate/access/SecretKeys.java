package io.tidegate.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import io.tidegate.settings.Secret;
import java.util.List;
import java.util.Optional;

/** One secret, shared with the issuers of the tokens. */
record SecretKeys(Secret secret) implements Keys {
    @Override
    public List<JWSVerifier> verifiers(JWSHeader header) throws JOSEException {
        return List.of(new MACVerifier(secret.value().getBytes(UTF_8)));
    }

    @Override
    public Optional<Object> present() {
        return Optional.empty();
    }

    @Override
    public Optional<String> notReady() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
