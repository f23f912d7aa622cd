package io.tidegate.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import java.util.List;
import java.util.Optional;

/** The keys that may have signed a token. Any thread. */
interface Keys extends AutoCloseable {

    /**
     * The verifiers of a signature with this header; several where the header names no key. The call may wait for the
     * source of the keys where the header names an unknown key.
     *
     * @throws JOSEException where the source could not be read
     */
    List<JWSVerifier> verifiers(JWSHeader header) throws JOSEException;

    /**
     * The current keys, as an object that equals no other. A signature that these keys have verified stays valid while
     * they are current. Empty where a check costs less than remembering its result.
     */
    Optional<Object> present();

    /** The reason why no token can be checked yet. */
    Optional<String> notReady();

    @Override
    void close();
}
