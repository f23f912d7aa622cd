package io.tidegate.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * {@code ./tidegate run --tls}: a self-signed certificate for this machine's own names, and its key, to try TLS.
 *
 * @param certificate as {@code tls.crt}
 * @param key as {@code tls.key}
 * @param store both of them in Java's format
 */
public record LocalCertificate(Path certificate, Path key, KeyStore store) {
    /** The alias in the store. */
    public static final String ALIAS = "own";

    /** The password of the store, which only passes data from one tool to the next. */
    public static final String PASSWORD = "changeit";

    /** Argument: the directory. Makes a certificate if there is none, or if it expires within a day. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        if (!isGood(directory)) {
            make(directory, "-keyalg", "EC", "-validity", "90");
        }
    }

    private static boolean isGood(Path directory) {
        try {
            PemFile file = PemFile.read(directory.resolve("tls.crt"));
            long tomorrow = System.currentTimeMillis() + 24 * 3_600_000;
            Identity.of("trial", file, PemFile.read(directory.resolve("tls.key")), tomorrow);
            return true;
        } catch (TlsFileException e) {
            return false;
        }
    }

    /**
     * Makes a certificate. Earlier files of the directory are replaced.
     *
     * @param options of {@code keytool -genkeypair}
     */
    public static LocalCertificate make(Path directory, String... options)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path file = directory.resolve("store.p12");
        Files.deleteIfExists(file);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        Files.delete(file);
        return new LocalCertificate(
                pem(
                        directory.resolve("tls.crt"),
                        "CERTIFICATE",
                        store.getCertificate(ALIAS).getEncoded()),
                pem(
                        directory.resolve("tls.key"),
                        "PRIVATE KEY",
                        store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()),
                store);
    }

    /** Writes a PEM file that only its owner can read. */
    public static Path pem(Path file, String kind, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }
}
