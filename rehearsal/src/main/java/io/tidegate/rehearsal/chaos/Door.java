package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.load.Issuer;
import java.util.Optional;

/**
 * Where clients come in.
 *
 * @param issuer of tokens, where the servers ask for them
 */
record Door(String url, Optional<Issuer> issuer) {

    /** The address for clients that bring the same token for as long as the run lasts. */
    String withToken(String user) {
        return issuer.map(one -> url + "?access_token=" + one.token(user, Issuer.LONG))
                .orElse(url);
    }
}
