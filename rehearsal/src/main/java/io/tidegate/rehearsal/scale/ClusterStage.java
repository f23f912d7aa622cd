package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ExternalMetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.tidegate.rehearsal.hpa.Decision;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A release on a cluster, watched from outside: the real KEDA and HPA decide, and kubelets carry the decision out. One
 * thread looks at the cluster every second, and the rehearsal's thread reads the result of the last look.
 */
final class ClusterStage implements Stage {
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** The largest number of failed looks in a row. */
    private static final int MOST_FAILURES = 60;

    private static final Pattern CONNECTIONS =
            Pattern.compile("(?m)^websocket_active_connections(?:\\{.*})? ([0-9.E+]+)");
    private static final Pattern FORCED =
            Pattern.compile("(?m)^websocket_drain_closed_total\\{.*outcome=\"forced\".*} ([0-9.E+]+)");

    private final KubernetesClient client;
    private final Release release;
    private final Scaling scaling;
    private final Map<String, String> selector;
    private final int managementPort;
    private final boolean rebalances;
    private final Thread watcher;
    /** By the name of the pod, in the order of appearance. Only for the watcher. */
    private final Map<String, PodView> seen = new LinkedHashMap<>();

    private volatile List<PodView> pods = List.of();
    private volatile HpaLook look;
    private volatile String failure = "";
    private volatile boolean closed;

    private ClusterStage(KubernetesClient client, Release release, Scaling scaling, Deployment deployment) {
        this.client = client;
        this.release = release;
        this.scaling = scaling;
        this.selector = deployment.getSpec().getSelector().getMatchLabels();
        this.managementPort = managementPort(deployment);
        this.rebalances = PodTemplate.of(client.getKubernetesSerialization().convertValue(deployment, JsonNode.class))
                .settings()
                .getOrDefault("tidegate.rebalance.enabled", "true")
                .equals("true");
        this.look = new HpaLook(scaling.min(), Map.of(), scaling.min());
        this.watcher = Thread.ofPlatform().daemon().name("cluster-watch").start(this::watch);
    }

    /**
     * Begins to watch.
     *
     * @throws UnplayableException where the release does not exist, or does not scale
     */
    static ClusterStage of(Release release) {
        Config config = Kubeconfig.read(release.kubeconfig());
        // The watcher retries by itself, and a user who has named the wrong cluster should not wait for minutes.
        config.setRequestRetryBackoffLimit(1);
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        try {
            Deployment deployment = client.apps()
                    .deployments()
                    .inNamespace(release.namespace())
                    .withName(release.name())
                    .get();
            if (deployment == null) {
                throw new UnplayableException("--name: there is no Deployment " + release.name() + " in the namespace "
                        + release.namespace() + " (--namespace)");
            }
            return new ClusterStage(client, release, scaling(client, release), deployment);
        } catch (KubernetesClientException e) {
            client.close();
            throw new UnplayableException(
                    "the cluster that " + release.kubeconfig() + " names does not answer: " + e.getMessage());
        } catch (UnplayableException e) {
            client.close();
            throw e;
        }
    }

    private static Scaling scaling(KubernetesClient client, Release release) {
        return client
                .genericKubernetesResources("keda.sh/v1alpha1", "ScaledObject")
                .inNamespace(release.namespace())
                .list()
                .getItems()
                .stream()
                .filter(each -> release.name().equals(each.get("spec", "scaleTargetRef", "name")))
                .findFirst()
                .map(each -> Scaling.of(client.getKubernetesSerialization().convertValue(each, JsonNode.class)))
                .orElseThrow(() -> new UnplayableException(
                        "no ScaledObject scales " + release.name() + ": set autoscaling.enabled"));
    }

    private static int managementPort(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> "management".equals(port.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(() -> new UnplayableException("the Deployment has no port that is named management"));
    }

    @Override
    public List<URI> targets() {
        return List.of(release.address());
    }

    @Override
    public Scaling scaling() {
        return scaling;
    }

    /** More often than the HPA, which looks by itself. */
    @Override
    public Duration pace() {
        return LOOK;
    }

    @Override
    public Decision look(Duration now) {
        if (!failure.isEmpty()) {
            throw new UnplayableException("the cluster does not answer any more: " + failure);
        }
        HpaLook last = look;
        Map<String, Double> targets = scaling.queries().stream().collect(Collectors.toMap(Query::name, Query::target));
        String reason = last.averages().keySet().stream().findFirst().orElse("no metric yet");
        return new Decision(last.desired(), last.wanted(targets), reason);
    }

    @Override
    public Optional<HpaLook> hpa() {
        return Optional.of(look);
    }

    @Override
    public List<String> notes() {
        return List.of(
                "On a cluster: the pods of " + release.namespace() + "/" + release.name()
                        + ", scaled by its KEDA and its HPA. Times are real.",
                rebalances ? EVEN : UNEVEN);
    }

    @Override
    public void replacePods() {
        throw new UnplayableException("a rehearsal changes nothing in a release on a cluster");
    }

    @Override
    public boolean arePodsReplaced() {
        return true;
    }

    @Override
    public List<PodView> pods() {
        return pods;
    }

    private void watch() {
        int failures = 0;
        while (!closed && failure.isEmpty()) {
            try {
                readPods();
                readHpa();
                failures = 0;
            } catch (RuntimeException e) {
                if (++failures == MOST_FAILURES) {
                    failure = e.toString();
                }
            }
            LockSupport.parkNanos(this, LOOK.toNanos());
        }
    }

    private void readPods() {
        Map<String, Pod> present =
                client.pods().inNamespace(release.namespace()).withLabels(selector).list().getItems().stream()
                        .collect(Collectors.toMap(pod -> pod.getMetadata().getName(), pod -> pod));
        present.values().stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .forEach(pod -> seen.putIfAbsent(
                        pod.getMetadata().getName(),
                        new PodView("pod " + (seen.size() + 1), PodView.Phase.STARTING, 0, 0, "")));
        seen.replaceAll((name, view) -> view(name, present.get(name), view));
        pods = List.copyOf(seen.values());
    }

    private PodView view(String name, @Nullable Pod pod, PodView before) {
        if (pod == null) {
            return new PodView(before.name(), PodView.Phase.GONE, 0, before.forced(), before.failure());
        }
        String metrics = metrics(name);
        int restarts = pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
        return new PodView(
                before.name(),
                phase(pod),
                (int) read(CONNECTIONS, metrics, before.connections()),
                (int) read(FORCED, metrics, before.forced()),
                restarts == 0 ? before.failure() : name + " was restarted " + restarts + " times");
    }

    private static PodView.Phase phase(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return PodView.Phase.LEAVING;
        }
        boolean ready = pod.getStatus().getConditions().stream()
                .anyMatch(each ->
                        each.getType().equals("Ready") && each.getStatus().equals("True"));
        return ready ? PodView.Phase.READY : PodView.Phase.STARTING;
    }

    /** Reads the metrics through the API server: a user who can read pods needs no other access. */
    private String metrics(String pod) {
        try {
            String path = "/api/v1/namespaces/%s/pods/%s:%d/proxy/metrics"
                    .formatted(release.namespace(), pod, managementPort);
            return Optional.ofNullable(client.raw(path)).orElse("");
        } catch (KubernetesClientException e) {
            // The pod does not listen yet, or not any more.
            return "";
        }
    }

    private static double read(Pattern sample, String metrics, double otherwise) {
        Matcher found = sample.matcher(metrics);
        return found.find() ? Double.parseDouble(found.group(1)) : otherwise;
    }

    private void readHpa() {
        client.autoscaling().v2().horizontalPodAutoscalers().inNamespace(release.namespace()).list().getItems().stream()
                .filter(hpa -> hpa.getSpec().getScaleTargetRef().getName().equals(release.name()))
                .map(HorizontalPodAutoscaler::getStatus)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(status -> look = look(status));
    }

    /** KEDA names a trigger's metric {@code s0-prometheus}, with its index in the ScaledObject. */
    private HpaLook look(HorizontalPodAutoscalerStatus status) {
        Map<String, Double> averages = new LinkedHashMap<>();
        for (MetricStatus metric : status.getCurrentMetrics()) {
            ExternalMetricStatus external = metric.getExternal();
            if (external != null && external.getCurrent().getAverageValue() != null) {
                IntStream.range(0, scaling.queries().size())
                        .filter(i -> external.getMetric().getName().startsWith("s" + i + "-"))
                        .forEach(i -> averages.put(
                                scaling.queries().get(i).name(),
                                external.getCurrent()
                                        .getAverageValue()
                                        .getNumericalAmount()
                                        .doubleValue()));
            }
        }
        int current = Optional.ofNullable(status.getCurrentReplicas()).orElse(0);
        return new HpaLook(
                current,
                averages,
                Optional.ofNullable(status.getDesiredReplicas()).orElse(current));
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watcher);
        client.close();
    }
}
