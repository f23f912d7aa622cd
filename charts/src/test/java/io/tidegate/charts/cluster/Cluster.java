package io.tidegate.charts.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.tidegate.rehearsal.scale.Kubeconfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What the run asks of Kubernetes, in a namespace of its own. */
final class Cluster implements AutoCloseable {
    private static final List<String> LEFT_BY_KUBERNETES = List.of("kube-root-ca.crt", "default");

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final Accounts accounts;

    /**
     * Connects.
     *
     * @param name of the Deployment, the HPA and the Service
     */
    Cluster(Path kubeconfig, String namespace, String name) {
        this.client = new KubernetesClientBuilder()
                .withConfig(Kubeconfig.read(kubeconfig))
                .build();
        this.namespace = namespace;
        this.name = name;
        this.accounts = new Accounts(client, namespace, name);
    }

    /** Makes the namespace and, in it, a Redis as others have one: a Service named {@code redis}. */
    void prepare() {
        if (client.namespaces().withName(namespace).get() != null) {
            throw new IllegalStateException(
                    "the namespace " + namespace + " exists already: delete it, or give another" + " by --namespace");
        }
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        try (InputStream redis = Cluster.class.getResourceAsStream("/cluster/redis.yaml")) {
            client.load(redis).inNamespace(namespace).create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * One look.
     *
     * @param wanted what the HPA wants; 0 while there is none
     * @param values of each metric, divided by the pods, as the HPA sees them
     * @param ready pods that take new clients
     * @param leaving pods that are being deleted
     * @param rolledOut whether every pod is as the Deployment now says
     * @param images of the pods that stay
     */
    record Look(
            int wanted, List<String> values, int ready, int leaving, boolean rolledOut, Map<String, Integer> images) {}

    Look look() {
        Optional<HorizontalPodAutoscalerStatus> hpa = Optional.ofNullable(client.autoscaling()
                        .v2()
                        .horizontalPodAutoscalers()
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(HorizontalPodAutoscaler::getStatus);
        List<String> values = new ArrayList<>();
        hpa.map(HorizontalPodAutoscalerStatus::getCurrentMetrics)
                .ifPresent(metrics -> metrics.stream()
                        .filter(metric -> metric.getExternal() != null)
                        .forEach(metric -> values.add("%.1f"
                                .formatted(metric.getExternal()
                                        .getCurrent()
                                        .getAverageValue()
                                        .getNumericalAmount()))));
        int ready = 0;
        int leaving = 0;
        Map<String, Integer> images = new TreeMap<>();
        for (Pod pod : pods()) {
            if (pod.getMetadata().getDeletionTimestamp() != null) {
                leaving++;
                continue;
            }
            images.merge(pod.getSpec().getContainers().getFirst().getImage(), 1, Integer::sum);
            ready += pod.getStatus().getConditions().stream()
                            .anyMatch(each -> each.getType().equals("Ready")
                                    && each.getStatus().equals("True"))
                    ? 1
                    : 0;
        }
        int wanted = hpa.map(HorizontalPodAutoscalerStatus::getDesiredReplicas).orElse(0);
        return new Look(wanted, values, ready, leaving, rolledOut(), images);
    }

    private boolean rolledOut() {
        Deployment deployment = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .get();
        if (deployment == null || deployment.getStatus().getObservedGeneration() == null) {
            return false;
        }
        DeploymentStatus status = deployment.getStatus();
        return status.getObservedGeneration().equals(deployment.getMetadata().getGeneration())
                && Objects.equals(status.getUpdatedReplicas(), status.getReplicas())
                && Objects.equals(status.getAvailableReplicas(), status.getReplicas());
    }

    /** Restarts of containers and failed pods: there must be none. */
    List<String> mishaps() {
        return pods().stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream()
                        .filter(each -> each.getRestartCount() > 0)
                        .map(each -> pod.getMetadata().getName() + " restarted " + each.getRestartCount() + " times"))
                .toList();
    }

    private List<Pod> pods() {
        return client.pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/component", "server")
                .list()
                .getItems();
    }

    /** Where the pods listen. */
    List<String> addresses() {
        return pods().stream().map(pod -> pod.getStatus().getPodIP()).toList();
    }

    List<String> names() {
        return pods().stream().map(pod -> pod.getMetadata().getName()).toList();
    }

    /** What the pods say that they cost, the cheapest first. */
    List<String> costs() {
        return pods().stream()
                .map(pod -> String.valueOf(
                        pod.getMetadata().getAnnotations().get("controller.kubernetes.io/pod-deletion-cost")))
                .sorted(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Whether pods get the token of their ServiceAccount by themselves. */
    boolean mountsAccounts() {
        return accounts.areMounted();
    }

    /** The release's ServiceAccount as a Secret; returns its name. */
    String accountAsSecret() {
        return accounts.asSecret();
    }

    /** Why one pod may not change another, by their names; empty: it may. Nothing is changed. */
    String refusal(String by, String of, String patch) {
        return accounts.refusal(pod(by), pod(of), patch);
    }

    private Pod pod(String wanted) {
        return client.pods().inNamespace(namespace).withName(wanted).get();
    }

    /** What is still in the namespace beside Redis and what Kubernetes itself puts there. */
    List<String> leftovers() {
        List<HasMetadata> found = new ArrayList<>();
        found.addAll(client.apps().deployments().inNamespace(namespace).list().getItems());
        found.addAll(client.apps().statefulSets().inNamespace(namespace).list().getItems());
        found.addAll(client.pods().inNamespace(namespace).list().getItems());
        found.addAll(client.services().inNamespace(namespace).list().getItems());
        found.addAll(client.configMaps().inNamespace(namespace).list().getItems());
        found.addAll(client.secrets().inNamespace(namespace).list().getItems());
        found.addAll(client.serviceAccounts().inNamespace(namespace).list().getItems());
        found.addAll(client.policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .list()
                .getItems());
        found.addAll(client.autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(namespace)
                .list()
                .getItems());
        found.addAll(client.genericKubernetesResources("keda.sh/v1alpha1", "ScaledObject")
                .inNamespace(namespace)
                .list()
                .getItems());
        return found.stream()
                .filter(each -> !LEFT_BY_KUBERNETES.contains(each.getMetadata().getName()))
                .filter(each -> !each.getMetadata().getName().startsWith("redis"))
                .map(each -> each.getKind() + "/" + each.getMetadata().getName())
                .toList();
    }

    /** Deletes the namespace. */
    void cleanUp() {
        client.namespaces().withName(namespace).delete();
    }

    @Override
    public void close() {
        client.close();
    }
}
