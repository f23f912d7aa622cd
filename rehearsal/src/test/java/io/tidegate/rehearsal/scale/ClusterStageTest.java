package io.tidegate.rehearsal.scale;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.rehearsal.hpa.Decision;
import io.tidegate.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a cluster, whose API server answers as the real one does. */
class ClusterStageTest {
    private static final String DEPLOYMENT = "/apis/apps/v1/namespaces/chat/deployments/chat";
    private static final String SCALED_OBJECTS = "/apis/keda.sh/v1alpha1/namespaces/chat/scaledobjects";
    private static final String PODS = "/api/v1/namespaces/chat/pods";
    private static final String HPAS = "/apis/autoscaling/v2/namespaces/chat/horizontalpodautoscalers";

    private final Map<String, String> answers = new ConcurrentHashMap<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @SuppressWarnings("NullAway.Init") // before each
    private HttpServer api;

    @BeforeEach
    void start() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/", this::answer);
        api.start();
        answers.put("/apis/keda.sh/v1alpha1", """
                {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "keda.sh/v1alpha1", "resources": [
                 {"name": "scaledobjects", "singularName": "scaledobject", "namespaced": true, "kind": "ScaledObject",
                  "verbs": ["get", "list"]}]}""");
        answers.put(DEPLOYMENT, """
                {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "chat"}, "spec": {
                 "selector": {"matchLabels": {"app": "chat"}},
                 "template": {"spec": {"containers": [{"name": "server",
                  "env": [{"name": "TIDEGATE_REBALANCE_ENABLED", "value": "false"}],
                  "ports": [{"containerPort": 8080}, {"name": "management", "containerPort": 9191}]}]}}}}""");
        answers.put(SCALED_OBJECTS, """
                {"kind": "ScaledObjectList", "apiVersion": "keda.sh/v1alpha1", "items": [
                 {"kind": "ScaledObject", "apiVersion": "keda.sh/v1alpha1", "metadata": {"name": "chat"}, "spec": {
                  "scaleTargetRef": {"name": "chat"}, "minReplicaCount": 2, "maxReplicaCount": 9, "triggers": [
                   {"type": "prometheus", "name": "connections", "metadata": {"query": "sum(a)", "threshold": "40"}}]}}]}""");
        answers.put(
                HPAS, "{\"kind\": \"HorizontalPodAutoscalerList\", \"apiVersion\": \"autoscaling/v2\", \"items\": []}");
        answers.put(PODS, pods());
    }

    @AfterEach
    void stop() {
        api.stop(0);
    }

    @Test
    void podsAreReadByWhatTheyDoAndHold() throws IOException {
        answers.put(PODS, pods(pod("b", 2, true, false), pod("a", 1, true, false), pod("c", 3, false, false)));
        answers.put(PODS + "/a:9191/proxy/metrics", metrics(33, 0));
        answers.put(PODS + "/b:9191/proxy/metrics", metrics(44, 5));
        try (ClusterStage stage = ClusterStage.of(release())) {
            Await.until("three pods", () -> stage.pods().size() == 3);
            assertEquals(
                    List.of(
                            new PodView("pod 1", PodView.Phase.READY, 33, 0, ""),
                            new PodView("pod 2", PodView.Phase.READY, 44, 5, ""),
                            new PodView("pod 3", PodView.Phase.STARTING, 0, 0, "")),
                    stage.pods());
            answers.remove(PODS + "/b:9191/proxy/metrics");
            answers.put(PODS, pods(pod("a", 1, true, false), pod("b", 2, true, true)));
            Await.until("one has gone", () -> stage.pods().get(2).phase() == PodView.Phase.GONE);
            assertEquals(
                    new PodView("pod 2", PodView.Phase.LEAVING, 44, 5, ""),
                    stage.pods().get(1),
                    "who does not answer any more is as it was seen last");
        }
    }

    @Test
    void theHpaDecides() throws IOException {
        try (ClusterStage stage = ClusterStage.of(release())) {
            assertEquals(new Decision(2, 2, "no metric yet"), stage.look(Duration.ZERO));
            answers.put(HPAS, """
                    {"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2", "items": [
                     {"metadata": {"name": "other"}, "spec": {"scaleTargetRef": {"name": "other"}},
                      "status": {"desiredReplicas": 7}},
                     {"metadata": {"name": "chat"}, "spec": {"scaleTargetRef": {"name": "chat"}},
                      "status": {"currentReplicas": 3, "desiredReplicas": 4, "currentMetrics": [{"type": "External",
                       "external": {"metric": {"name": "s0-prometheus"}, "current": {"averageValue": "66667m"}}}]}}]}""");
            Await.until("a decision", () -> stage.look(Duration.ZERO).replicas() == 4);
            assertEquals(
                    new Decision(4, 5, "connections"),
                    stage.look(Duration.ZERO),
                    "200 of 40 a pod, rounded up to a thousandth");
            assertEquals(
                    new HpaLook(3, Map.of("connections", 66.667), 4),
                    stage.hpa().orElseThrow());
            assertEquals(
                    List.of(2, 9),
                    List.of(stage.scaling().min(), stage.scaling().max()));
            assertTrue(stage.notes().contains(Stage.UNEVEN), "as the Deployment says");
        }
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        answers.put(
                SCALED_OBJECTS,
                "{\"kind\": \"ScaledObjectList\", \"apiVersion\": \"keda.sh/v1alpha1\", \"items\": []}");
        assertEquals("no ScaledObject scales chat: set autoscaling.enabled", refusal());
        answers.remove(DEPLOYMENT);
        assertEquals("--name: there is no Deployment chat in the namespace chat (--namespace)", refusal());
        api.stop(0);
        assertTrue(refusal().contains("kubeconfig names does not answer"));
    }

    private String refusal() throws IOException {
        Release release = release();
        return String.valueOf(assertThrows(UnplayableException.class, () -> ClusterStage.of(release))
                .getMessage());
    }

    private Release release() throws IOException {
        Path kubeconfig = Files.writeString(
                directory.resolve("kubeconfig"), """
                {"kind": "Config", "apiVersion": "v1", "current-context": "here",
                 "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
                 "clusters": [{"name": "here", "cluster": {"server": "http://127.0.0.1:%d"}}],
                 "users": [{"name": "me", "user": {}}]}""".formatted(api.getAddress().getPort()));
        return new Release(kubeconfig, "chat", "chat", URI.create("ws://127.0.0.1:1"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String answer = answers.get(exchange.getRequestURI().getPath());
        byte[] body = (answer == null ? "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"code\": 404}" : answer)
                .getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String pods(String... pods) {
        return "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": [" + String.join(",", pods) + "]}";
    }

    private static String pod(String name, int second, boolean ready, boolean deleted) {
        return """
                {"metadata": {"name": "%s", "creationTimestamp": "2026-01-01T00:00:0%dZ"%s}, "status": {"conditions": [
                 {"type": "Ready", "status": "%s"}]}}""".formatted(
                        name,
                        second,
                        deleted ? ", \"deletionTimestamp\": \"2026-01-01T01:00:00Z\"" : "",
                        ready ? "True" : "False");
    }

    private static String metrics(int connections, int forced) {
        return """
                websocket_active_connections{scope="application",} %d.0
                websocket_drain_closed_total{outcome="forced",scope="application",} %d.0
                websocket_drain_closed_total{outcome="graceful",scope="application",} 9.0
                """.formatted(connections, forced);
    }
}
