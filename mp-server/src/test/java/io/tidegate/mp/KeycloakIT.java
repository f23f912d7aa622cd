package io.tidegate.mp;

import io.tidegate.contract.KeycloakContract;
import java.nio.file.Path;

/** Run by {@code .ci/keycloak} alone, which brings Keycloak. */
class KeycloakIT extends KeycloakContract {
    @Override
    protected Path jar() {
        return Path.of(System.getProperty("tidegate.jar"));
    }

    @Override
    protected Path home() {
        return Path.of(System.getProperty("keycloak.home"));
    }
}
