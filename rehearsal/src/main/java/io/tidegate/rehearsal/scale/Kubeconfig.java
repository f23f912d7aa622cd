package io.tidegate.rehearsal.scale;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/** Reads a kubeconfig for the Kubernetes client. */
public final class Kubeconfig {
    private Kubeconfig() {}

    /** Reads the file. The client takes every PKCS#8 key for RSA, so the algorithm of other keys is set here. */
    public static Config read(Path file) {
        Config config = Config.fromKubeconfig(file.toFile());
        key(config)
                .filter(pem -> pem.contains("BEGIN PRIVATE KEY") && !isRsa(pem))
                .ifPresent(pem -> config.setClientKeyAlgo("EC"));
        return config;
    }

    private static Optional<String> key(Config config) {
        if (config.getClientKeyData() != null) {
            return Optional.of(
                    new String(Base64.getDecoder().decode(config.getClientKeyData()), StandardCharsets.US_ASCII));
        }
        try {
            return config.getClientKeyFile() == null
                    ? Optional.empty()
                    : Optional.of(Files.readString(Path.of(config.getClientKeyFile())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRsa(String pem) {
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key)) != null;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
