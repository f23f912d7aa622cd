package io.tidegate.chaos;

import io.tidegate.workload.Issuer;
import java.util.Optional;

/**
 * The address for clients.
 *
 * @param issuer of tokens, where the servers require them
 */
record ClientAddress(String url, Optional<Issuer> issuer) {

    /** The address for clients that use the same token for the whole run. */
    String withToken(String user) {
        return issuer.map(one -> url + "?access_token=" + one.token(user, Issuer.LONG))
                .orElse(url);
    }
}
