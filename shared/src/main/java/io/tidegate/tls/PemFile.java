package io.tidegate.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The content of a PEM file (RFC 7468) at the time of reading.
 *
 * @param path for error messages
 */
record PemFile(Path path, byte[] content) {
    /** PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) and SEC 1 (RFC 5915): the formats that OpenSSL and cert-manager write. */
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----(.*?)-----END ", Pattern.DOTALL);

    private static final String ENCRYPTED = "ENCRYPTED";
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    static PemFile read(Path path) throws TlsFileException {
        try {
            return new PemFile(path, Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            throw new TlsFileException(path + " does not exist");
        } catch (IOException e) {
            throw new TlsFileException(path + " cannot be read: " + e.getMessage());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PemFile file && path.equals(file.path) && Arrays.equals(content, file.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /**
     * All certificates, in their order; at least one.
     *
     * @throws TlsFileException where there are none
     */
    List<X509Certificate> certificates() throws TlsFileException {
        try {
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            // The message below says what is allowed.
        }
        throw new TlsFileException(path + " holds no certificates in PEM form");
    }

    /**
     * The private key that belongs to a public key.
     *
     * @throws TlsFileException where the file has no key of the public key's algorithm
     */
    PrivateKey key(PublicKey owner) throws TlsFileException {
        String text = new String(content, ISO_8859_1);
        Matcher key = KEY.matcher(text);
        if (text.contains(ENCRYPTED) || !key.find()) {
            throw new TlsFileException(path + " holds no private key in PEM form without a passphrase");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(key.group(2));
            byte[] pkcs8 = key.group(1).isEmpty() ? der : pkcs8(der, owner);
            return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsFileException(
                    path + " holds no private key of the certificate's kind, " + owner.getAlgorithm());
        }
    }

    /**
     * Converts the older formats, which contain only the key. The algorithm is taken from the public key, where it has
     * the same encoding.
     */
    private static byte[] pkcs8(byte[] key, PublicKey owner) {
        ByteBuffer publicKey = ByteBuffer.wrap(owner.getEncoded());
        length(publicKey);
        int start = publicKey.position();
        int end = length(publicKey) + publicKey.position();
        byte[] algorithm = new byte[end - start];
        publicKey.get(start, algorithm);
        return der(SEQUENCE, VERSION_0, algorithm, der(OCTETS, key));
    }

    /** Reads a tag and a length (X.690, section 8.1.3). */
    private static int length(ByteBuffer der) {
        der.get();
        int first = Byte.toUnsignedInt(der.get());
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = first & 0x7F; i > 0; i--) {
            length = (length << 8) | Byte.toUnsignedInt(der.get());
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        // Java's reader accepts a length of three bytes for a short value too, and keys have less than 16 MiB.
        ByteBuffer der = ByteBuffer.allocate(5 + length)
                .put((byte) tag)
                .put((byte) 0x83)
                .put((byte) (length >> 16))
                .put((byte) (length >> 8))
                .put((byte) length);
        for (byte[] part : parts) {
            der.put(part);
        }
        return der.array();
    }
}
