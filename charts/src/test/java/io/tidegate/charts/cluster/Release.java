package io.tidegate.charts.cluster;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The release under trial, by Helm itself. */
final class Release {
    private static final Path CHART = Path.of("tidegate");
    private static final int TEST_SECONDS = 60;

    /** All the waiting cut short, so that minutes are enough; what the chart checks still holds. */
    static final String SHORT = """
            preStopSeconds: 2
            terminationMarginSeconds: 5
            minReadySeconds: 2
            config: {drain: {notice: 1s, window: 3s, timeout: 8s}}
            startupProbe: {periodSeconds: 1, failureThreshold: 60}
            readinessProbe: {periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 2}
            autoscaling:
              pollingInterval: 5
              maxReplicas: 8
              connections: {target: %d}
              messages: {target: %d, window: 15s}
              behavior:
                scaleUp: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 1, periodSeconds: 5}]}
                scaleDown: {stabilizationWindowSeconds: 30, policies: [{type: Pods, value: 4, periodSeconds: 5}]}
            """.formatted(Trial.CONNECTIONS_A_POD, Trial.MESSAGES_A_POD);

    private final String name;
    private final Options options;

    Release(String name, Options options) {
        this.name = name;
        this.options = options;
    }

    /** With the defaults but for what the command line sets. */
    void install(Map<String, String> values) {
        var install = new Helm(CHART)
                .install()
                .withName(name)
                .withNamespace(options.namespace())
                .withKubeConfig(options.kubeconfig());
        with(values).forEach(install::set);
        install.call();
    }

    void upgrade(Map<String, String> values) {
        Path file = null;
        try {
            file = Files.writeString(Files.createTempFile("values", ".yaml"), SHORT);
            var upgrade = new Helm(CHART)
                    .upgrade()
                    .withName(name)
                    .withNamespace(options.namespace())
                    .withKubeConfig(options.kubeconfig())
                    .withValuesFile(file);
            with(values).forEach(upgrade::set);
            upgrade.call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (file != null) {
                file.toFile().delete();
            }
        }
    }

    /** {@code helm test}: throws when it fails. */
    void test() {
        Helm.test(name)
                .withNamespace(options.namespace())
                .withKubeConfig(options.kubeconfig())
                .withTimeout(TEST_SECONDS)
                .call();
    }

    void uninstall() {
        Helm.uninstall(name)
                .withNamespace(options.namespace())
                .withKubeConfig(options.kubeconfig())
                .ignoreNotFound()
                .call();
    }

    private Map<String, String> with(Map<String, String> values) {
        Map<String, String> all = new LinkedHashMap<>(options.values());
        all.putAll(values);
        return all;
    }
}
