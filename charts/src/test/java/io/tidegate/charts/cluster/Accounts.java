package io.tidegate.charts.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;

/** ServiceAccounts: what a cluster mounts, and what a token of one may do. */
final class Accounts {
    private static final String MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String SECRET = "redis-beside-account";

    private final KubernetesClient client;
    private final String namespace;

    /** The account of the release; it has the name of its Deployment. */
    private final String name;

    Accounts(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    /** Whether a pod gets the token of its account by itself. */
    boolean areMounted() {
        Pod probe = new PodBuilder()
                .withNewMetadata()
                .withName("probe")
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(true)
                .addNewContainer()
                .withName("probe")
                .withImage("probe")
                .endContainer()
                .endSpec()
                .build();
        return client
                .pods()
                .inNamespace(namespace)
                .resource(probe)
                .dryRun(true)
                .create()
                .getSpec()
                .getContainers()
                .getFirst()
                .getVolumeMounts()
                .stream()
                .anyMatch(mount -> mount.getMountPath().equals(MOUNT));
    }

    /** What would be mounted, as a Secret; returns its name. */
    String asSecret() {
        String authority = client.configMaps()
                .inNamespace(namespace)
                .withName("kube-root-ca.crt")
                .get()
                .getData()
                .get("ca.crt");
        client.secrets()
                .inNamespace(namespace)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(SECRET)
                        .endMetadata()
                        .withStringData(Map.of(
                                "token",
                                token(new TokenRequestBuilder()
                                        .withNewSpec()
                                        .withExpirationSeconds(3600L)
                                        .endSpec()
                                        .build()),
                                "ca.crt",
                                authority,
                                "namespace",
                                namespace))
                        .build())
                .serverSideApply();
        return SECRET;
    }

    /**
     * Tries a change of a pod with the token of another, which changes nothing.
     *
     * @return why it is refused, or nothing
     */
    String refusal(Pod by, Pod of, String patch) {
        String token = token(new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(600L)
                .withNewBoundObjectRef(
                        "v1",
                        "Pod",
                        by.getMetadata().getName(),
                        by.getMetadata().getUid())
                .endSpec()
                .build());
        Config config = Config.empty();
        config.setMasterUrl(client.getConfiguration().getMasterUrl());
        config.setCaCertFile(client.getConfiguration().getCaCertFile());
        config.setCaCertData(client.getConfiguration().getCaCertData());
        config.setOauthToken(token);
        try (KubernetesClient pod =
                new KubernetesClientBuilder().withConfig(config).build()) {
            pod.pods()
                    .inNamespace(namespace)
                    .withName(of.getMetadata().getName())
                    .patch(
                            new PatchContext.Builder()
                                    .withPatchType(PatchType.STRATEGIC_MERGE)
                                    .withDryRun(List.of("All"))
                                    .build(),
                            patch);
            return "";
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String token(TokenRequest request) {
        return client.serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }
}
