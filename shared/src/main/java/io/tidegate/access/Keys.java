package io.tidegate.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import java.util.List;
import java.util.Optional;

/** The keys that may have signed a token. Any thread. */
interface Keys extends AutoCloseable {

    /**
     * What checks a signature with this header; several where the header names no key. May wait for the source of the keys
     * where it names one that is not known.
     *
     * @throws JOSEException where the source could not be asked
     */
    List<JWSVerifier> verifiers(JWSHeader header) throws JOSEException;

    /**
     * The keys of now, as one that is equal to no other: a signature that was found good with them counts while they are there.
     * Empty where a check costs less than to remember it.
     */
    Optional<Object> present();

    /** Why no token can be checked yet. */
    Optional<String> notReady();

    @Override
    void close();
}
