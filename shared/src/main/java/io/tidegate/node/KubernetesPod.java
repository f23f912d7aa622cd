package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The pod of this process at the API server of its cluster, accessed with the ServiceAccount that Kubernetes mounts into
 * the pod.
 *
 * @param api the address of the API server
 * @param account folder with {@code token}, {@code ca.crt} and {@code namespace}; Kubernetes replaces them from time to
 *     time
 * @param name of the pod
 */
record KubernetesPod(URI api, Path account, String name) {
    /** The folder where Kubernetes mounts the ServiceAccount. */
    static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final List<String> VARIABLES = List.of("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT");
    private static final List<String> FILES = List.of("token", "ca.crt", "namespace");

    /** The timeout of a connection, and of an answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** The largest part of an answer that is put into a message. */
    private static final int MAX_BYTES = 1 << 10;

    /**
     * The pod of this process.
     *
     * @param environment of the process
     * @param reason the setting that needs the pod, for the message
     * @throws IllegalArgumentException where the process is no pod, or has no ServiceAccount
     */
    static KubernetesPod own(Map<String, String> environment, Path account, String name, String reason) {
        List<String> missing = Stream.concat(
                        VARIABLES.stream()
                                .filter(each ->
                                        environment.getOrDefault(each, "").isEmpty()),
                        FILES.stream()
                                .map(account::resolve)
                                .filter(each -> !Files.isReadable(each))
                                .map(Path::toString))
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    reason + " works only in a pod that reaches Kubernetes by its ServiceAccount; missing here: "
                            + String.join(", ", missing) + " (chart: podDeletionCost.enabled)");
        }
        String host = environment.getOrDefault(VARIABLES.getFirst(), "");
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return new KubernetesPod(
                URI.create("https://" + shown + ":" + environment.get(VARIABLES.getLast())), account, name);
    }

    /**
     * Sets one annotation. Both name and value must need no escaping in JSON.
     *
     * @throws IOException where the API server cannot be reached, or refuses; the message says which
     */
    void annotate(String annotation, String value) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        api.resolve("/api/v1/namespaces/" + read("namespace") + "/pods/" + name))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + read("token"))
                .header("Content-Type", "application/merge-patch+json")
                .method(
                        "PATCH",
                        BodyPublishers.ofString(
                                "{\"metadata\":{\"annotations\":{\"" + annotation + "\":\"" + value + "\"}}}"))
                .build();
        // A client for each request: requests are rare, and the certificates may change between two of them.
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .sslContext(trusting(account.resolve("ca.crt")))
                .build()) {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            // The answer is the whole pod. It is closed unread.
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new IOException("HTTP status " + response.statusCode() + ": "
                            + new String(body.readNBytes(MAX_BYTES), UTF_8));
                }
            }
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(account.resolve(file)).strip();
    }

    private static SSLContext trusting(Path certificates) throws IOException {
        try (InputStream in = Files.newInputStream(certificates)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry(String.valueOf(trusted.size()), each);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificates in " + certificates, e);
        }
    }
}
