package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.charts.Chart.RefusedException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that cannot work are refused before anything is installed, with a sentence that says what to change. */
final class RefusalTest {

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad(
                        "autoscaling: {prometheus: {serverAddress: ''}}",
                        "autoscaling.prometheus.serverAddress is required"),
                bad(
                        "autoscaling: {prometheus: {serverAddress: 'http://prometheus:9090'}}",
                        "autoscaling.prometheus.serverAddress (http://prometheus:9090) is looked up from KEDA's namespace:"
                                + " write the whole host name, such as prometheus.NAMESPACE.svc"),
                bad("autoscaling: {source: metrics-api}", "autoscaling.messages needs Prometheus"),
                bad(
                        "autoscaling: {source: metrics-api, messages: {enabled: false}, minReplicas: 0}",
                        "autoscaling.minReplicas must be at least 1 with autoscaling.source=metrics-api"),
                bad(
                        "autoscaling: {minReplicas: 0}",
                        "autoscaling.minReplicas is 0, and no trigger could start the fleet"),
                bad(
                        "autoscaling: {minReplicas: 60}",
                        "autoscaling.minReplicas (60) must be at most autoscaling.maxReplicas (50)"),
                bad(
                        "autoscaling: {connections: {enabled: false}, messages: {enabled: false}}",
                        "autoscaling has no trigger"),
                bad(
                        "autoscaling: {fallback: {replicas: 1}}",
                        "autoscaling.fallback.replicas (1) must be from autoscaling.minReplicas (2) to maxReplicas (50)"),
                bad(
                        "autoscaling: {connections: {target: 9500}}",
                        "config.limits.connections (10000) must be at least 1.1 times autoscaling.connections.target (9500)"),
                bad(
                        "autoscaling: {behavior: {scaleDown: {stabilizationWindowSeconds: 104}}}",
                        "autoscaling.behavior.scaleDown.stabilizationWindowSeconds (104) must be at least 105"),
                bad(
                        "config: {drain: {timeout: 10m}}",
                        "autoscaling.behavior.scaleDown.stabilizationWindowSeconds (600) must be at least 675"),
                bad(
                        "autoscaling: {prometheus: {authentication: {secretTargetRef: [{parameter: a, name: b, key: c}]}}}",
                        "autoscaling.prometheus.authentication.modes is empty"),
                bad(
                        "autoscaling: {prometheus: {authentication: {modes: bearer}}}",
                        "autoscaling.prometheus.authentication.modes (bearer) is set without credentials"),
                bad(
                        "autoscaling: {prometheus: {authentication: {modes: bearer, podIdentity: {provider: gcp}}}}",
                        "autoscaling.prometheus.authentication.modes (bearer) must be empty with podIdentity"),
                bad(
                        "autoscaling: {prometheus: {authentication: {podIdentity: {identityId: a}}}}",
                        "autoscaling.prometheus.authentication.podIdentity.provider is empty"),
                bad(
                        "autoscaling: {prometheus: {authentication: {podIdentity: {provider: aws}}}}",
                        "autoscaling.prometheus.metadata.awsRegion is empty"),
                bad(
                        "autoscaling: {prometheus: {authentication: {existing: a, podIdentity: {provider: gcp}}}}",
                        "autoscaling.prometheus.authentication.existing and podIdentity exclude each other"),
                bad(
                        "autoscaling: {prometheus: {metadata: {threshold: 5}}}",
                        "at '/autoscaling/prometheus/metadata': additional properties 'threshold' not allowed"),
                bad(
                        "autoscaling: {prometheus: {metadata: {bogus: 5}}}",
                        "at '/autoscaling/prometheus/metadata': additional properties 'bogus' not allowed"),
                bad(
                        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule,"
                                + " labelSelector: {}}]",
                        "at '/topologySpreadConstraints/0': additional properties 'labelSelector' not allowed"),
                bad(
                        "{networkPolicy: {enabled: true}, redis: {existingSecret: cache, urlKey: u}}",
                        "networkPolicy.redisPorts is empty, and the URL of Redis is in a Secret"),
                bad(
                        "strategy: {rollingUpdate: {maxSurge: 0}}",
                        "strategy.rollingUpdate.maxSurge and maxUnavailable are both 0"),
                bad(
                        "strategy: {rollingUpdate: {maxSurge: 0%, maxUnavailable: 0%}}",
                        "strategy.rollingUpdate.maxSurge and maxUnavailable are both 0"),
                bad(
                        "{config: {auth: {open: true}}, ingress: {enabled: true, hosts: [a.example], path: /a},"
                                + " gateway: {enabled: true, parentRefs: [{name: a}], path: /b}}",
                        "ingress.path (/a) and gateway.path (/b) must be the same"),
                bad("config: {path: /ws/}", "at '/config/path'"),
                bad("autoscaling: {kind: hpa, minReplicas: 0}", "autoscaling.minReplicas must be at least 1"),
                bad("autoscaling: {kind: hpa, minReplicas: 60}", "autoscaling.minReplicas (60) must be at most"),
                bad(
                        "autoscaling: {kind: hpa, connections: {enabled: false}, messages: {enabled: false}}",
                        "autoscaling has no metric"),
                bad(
                        "autoscaling: {kind: hpa, extraTriggers: [{type: cron, metadata: {}}]}",
                        "autoscaling.extraTriggers needs KEDA"),
                bad(
                        "autoscaling: {hpa: {metrics: [{type: Resource}]}}",
                        "autoscaling.hpa.metrics needs autoscaling.kind=hpa"),
                bad(
                        "{ingress: {enabled: true, path: /ws, hosts: [{host: a, paths: [/wsother]}]}}",
                        "ingress.hosts: the path /wsother of a must be within ingress.path (/ws)"),
                bad(
                        "{ingress: {enabled: true, preset: openshift, hosts: ['*.example.com']}}",
                        "ingress.hosts: a Route does not support a wildcard (*.example.com)"),
                bad(
                        "{ingress: {tlsSecret: a, tls: [{secretName: b}]}}",
                        "ingress.tlsSecret and ingress.tls both say where the certificates are"),
                bad(
                        "{gateway: {enabled: true, parentRefs: [{name: a}], matches: [{path: {value: /a}}]}}",
                        "config.path is empty, and gateway.matches do not say the path of the server"),
                bad(
                        "monitoring: {podMonitoring: {enabled: true}, relabelings: [{action: drop}]}",
                        "monitoring.relabelings is not supported by a PodMonitoring"),
                bad(
                        "networkPolicy: {cilium: {enabled: true}}",
                        "networkPolicy.cilium.enabled needs networkPolicy.enabled"),
                bad(
                        "dashboard: {grafanaDashboard: {enabled: true}}",
                        "dashboard.grafanaDashboard.enabled needs dashboard.enabled"),
                bad(
                        "{podDeletionCost: {enabled: true}, serviceAccount: {create: false}}",
                        "podDeletionCost.enabled gives rights to the ServiceAccount, and the ServiceAccount default is used by"),
                bad("tls: {clientsKey: ca.crt}", "tls.clientsKey is a key of tls.existingSecret"),
                bad(
                        "tls: {existingSecret: chat-tls, clientsKey: ca.crt, management: true}",
                        "tls.clientsKey and tls.management together"),
                bad("tracing: {enabled: true}", "tracing.endpoint is empty: set the URL of the collector"),
                bad("tracing: {enabled: true, endpoint: 'collector:4318'}", "endpoint"),
                bad(
                        "podDeletionCost: {enabled: true, interval: 500ms}",
                        "podDeletionCost.interval (500ms) must be a duration from 1s to 1h"),
                bad("podSpec: {hostNetwork: true}", "at '/podSpec': additional properties 'hostNetwork' not allowed"),
                bad(
                        "service: {spec: {type: NodePort}}",
                        "at '/service/spec': additional properties 'type' not allowed"),
                bad(
                        "autoscaling: {prometheus: {authentication: {modes: bearer, existing: a,"
                                + " secretTargetRef: [{parameter: a, name: b, key: c}]}}}",
                        "autoscaling.prometheus.authentication.existing and secretTargetRef exclude each other"),
                bad(
                        "terminationGracePeriodSeconds: 44",
                        "terminationGracePeriodSeconds (44) must be at least 45, the sum of preStopSeconds (15) and"
                                + " config.drain.timeout (30s)"),
                bad(
                        "config: {drain: {notice: 10s, window: 20s}}",
                        "config.drain.timeout (30s) must be more than config.drain.notice (10s) and config.drain.window"
                                + " (20s) together"),
                bad("config: {idle: 30s}", "config.idle (30s) must be more than config.heartbeat (30s)"),
                bad(
                        "config: {limits: {message: 2MiB}}",
                        "config.limits.queue (1MiB) must be at least config.limits.message (2MiB)"),
                bad("config: {port: 9090}", "config.management.port must differ from config.port (both are 9090)"),
                bad(
                        "config: {relay: {url: ''}}",
                        "config.relay.url is empty, and without Redis a message reaches only the clients of its own pod"),
                bad(
                        "{autoscaling: {enabled: false}, replicas: 2, config: {relay: {url: ''}}}",
                        "config.relay.url is empty"),
                bad(
                        "ingress: {enabled: true, hosts: [a.example]}",
                        "ingress.enabled would let every client read and write every topic: close the fleet"),
                bad(
                        "{gateway: {enabled: true, parentRefs: [{name: a}]}, service: {type: LoadBalancer}}",
                        "gateway.enabled, service.type=LoadBalancer would let every client"),
                bad(
                        "{config: {auth: {open: true}}, auth: {existingSecret: a, secretKey: b}}",
                        "config.auth.open is true, but the fleet is closed"),
                bad("config: {auth: {jwks: 'https://a.example/keys'}}", "config.auth.audience is empty"),
                bad(
                        "{config: {auth: {jwks: 'https://a.example/keys', audience: a}}, auth: {jwksConfigMap: {name: a}}}",
                        "all say where the JWK Set is"),
                bad(
                        "{config: {auth: {cookie: token}}, auth: {existingSecret: a, secretKey: b}}",
                        "config.auth.cookie needs config.origins other than *"),
                bad("auth: {secretKey: secret}", "auth.existingSecret is empty"),
                bad("auth: {existingSecret: access}", "auth.existingSecret is set, but none of its keys"),
                bad("config: {auth: {leeway: 11m}}", "config.auth.leeway (11m) must be a duration from 0s to 600s"),
                bad("api: {enabled: true}", "api.existingSecret is empty"),
                bad("api: {existingSecret: keys}", "api.existingSecret is set, but the API is not open"),
                bad(
                        "{api: {enabled: true, existingSecret: a}, config: {api: {port: 9090}}}",
                        "config.api.port (9090) must differ from config.port and config.management.port"),
                bad("redis: {passwordKey: password}", "redis.existingSecret is empty"),
                bad("redis: {existingSecret: cache}", "redis.existingSecret is set, but none of its keys"),
                bad(
                        "{redis: {existingSecret: cache, passwordKey: p}, config: {relay: {url: 'redis://:pw@redis'}}}",
                        "config.relay.url contains credentials, and redis.existingSecret does, too"),
                bad(
                        "redis: {existingSecret: cache, urlKey: u, configKey: c}",
                        "redis.urlKey and redis.configKey both say where Redis is"),
                bad("redis: {ca: {secret: a, configMap: b}}", "redis.ca.configMap and redis.ca.secret both contain"),
                bad(
                        "{redis: {trial: {enabled: true}}, config: {relay: {url: 'redis://elsewhere'}}}",
                        "redis.trial.enabled makes its own Redis: remove config.relay.url"),
                bad(
                        "redis: {trial: {enabled: true}, existingSecret: a, passwordKey: b}",
                        "redis.trial.enabled makes its own Redis, which needs no credentials"),
                bad(
                        "monitoring: {podMonitor: {enabled: true}, serviceMonitor: {enabled: true}}",
                        "would scrape each pod twice: enable only one of them"),
                bad("gateway: {enabled: true}", "gateway.parentRefs is empty"),
                bad("gateway: {envoy: {enabled: true}}", "gateway.envoy.enabled makes a policy for the HTTPRoute"),
                bad("ingress: {enabled: true}", "ingress.hosts is empty"),
                bad(
                        "alerts: {connections: {warning: 0.9, critical: 0.8}}",
                        "alerts.connections.warning must be at most alerts.connections.critical"),
                bad(
                        "extraEnv: [{name: TIDEGATE_DRAIN_WINDOW, value: 1s}]",
                        "extraEnv: the chart already sets TIDEGATE_DRAIN_WINDOW"),
                bad(
                        "alerts: {disabled: [Tidegate]}",
                        "alerts.disabled: there is no alert Tidegate; the alerts are Tidegate"),
                bad("config: {limits: {per-ip: 5}}", "additional properties 'per-ip' not allowed"),
                bad("replicaCount: 5", "additional properties 'replicaCount' not allowed"),
                bad("runtime: nodejs", "at '/runtime': value must be one of 'se', 'mp'"),
                bad("ingress: {preset: nginx}", "at '/ingress/preset'"),
                bad("fullnameOverride: a-name-that-is-much-too-long-for-a-deployment-and-its-pods", "maxLength"));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void badValueIsRefusedWithWhatToChange(String values, String sentence) {
        String message = refusal(values);
        assertTrue(message.contains(sentence), message);
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        String message = refusal("{terminationGracePeriodSeconds: 1, ingress: {enabled: true}, config: {idle: 1s}}");

        assertTrue(message.contains("config.idle"), message);
        assertTrue(message.contains("terminationGracePeriodSeconds"), message);
        assertTrue(message.contains("ingress.hosts"), message);
    }

    /** The rows of the server's own table: the same key, the same range, in the same words. */
    static Stream<Arguments> durationsAndSizes() {
        return Settings.table().stream()
                .filter(row -> row.allowed().matches("a (duration|size) .*"))
                .map(row -> bad(row.nested("x"), "config." + row.key() + " (x) must be " + row.allowed()));
    }

    @ParameterizedTest
    @MethodSource("durationsAndSizes")
    void settingIsRefusedInTheWordsOfTheServer(String values, String sentence) {
        badValueIsRefusedWithWhatToChange(values, sentence);
    }

    private static String refusal(String values) {
        return String.valueOf(assertThrows(RefusedException.class, () -> Chart.render(Chart.PROMETHEUS, values))
                .getMessage());
    }

    private static Arguments bad(String values, String sentence) {
        return Arguments.of(values, sentence);
    }
}
