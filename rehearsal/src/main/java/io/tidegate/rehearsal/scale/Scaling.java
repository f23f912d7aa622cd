package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.rehearsal.hpa.Behavior;
import io.tidegate.rehearsal.hpa.Fallback;
import io.tidegate.rehearsal.hpa.Policy;
import io.tidegate.rehearsal.hpa.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The scaling rules of a ScaledObject.
 *
 * @param min the fewest replicas, at least 1
 * @param max the most replicas
 */
record Scaling(int min, int max, Optional<Behavior> behavior, Optional<Fallback> fallback, List<Query> queries) {
    /**
     * The time between two looks of the HPA: {@code --horizontal-pod-autoscaler-sync-period} of the controller manager.
     */
    static final Duration SYNC = Duration.ofSeconds(15);

    /**
     * Reads a ScaledObject, with the defaults of KEDA and Kubernetes.
     *
     * @throws UnplayableException where it has something that a rehearsal cannot play
     */
    static Scaling of(JsonNode scaledObject) {
        JsonNode spec = scaledObject.path("spec");
        int min = spec.path("minReplicaCount").asInt(0);
        if (min < 1) {
            throw new UnplayableException("autoscaling.minReplicas is " + min + "; a rehearsal plays 1 or more");
        }
        List<Query> queries = new ArrayList<>();
        spec.path("triggers").forEach(trigger -> queries.add(query(trigger)));
        JsonNode behavior = spec.at("/advanced/horizontalPodAutoscalerConfig/behavior");
        JsonNode fallback = spec.path("fallback");
        return new Scaling(
                min,
                spec.path("maxReplicaCount").asInt(100),
                behavior.isObject()
                        ? Optional.of(new Behavior(
                                rules(behavior.path("scaleUp"), Rules.DEFAULT_UP),
                                rules(behavior.path("scaleDown"), Rules.DEFAULT_DOWN)))
                        : Optional.empty(),
                fallback.isObject() ? Optional.of(fallback(fallback)) : Optional.empty(),
                List.copyOf(queries));
    }

    /** The pods that this number of connections and messages a second needs, if all queries are correct. */
    int needed(double connections, double rate) {
        double most = 0;
        for (Query query : queries) {
            double load = query.name().equals("messages") ? rate : connections;
            most = Math.max(most, Math.ceil(load / query.target()));
        }
        return (int) Math.max(min, Math.min(max, most));
    }

    /** The longest time of shrinking from one number of pods to another, by window and policies. */
    Duration longestShrink(int from, int to) {
        Rules down = behavior.map(Behavior::down).orElse(Rules.DEFAULT_DOWN);
        Duration period = down.policies().stream()
                .map(Policy::period)
                .max(Duration::compareTo)
                .orElse(SYNC);
        return down.window().plus(period.plus(SYNC).multipliedBy(Math.max(1, from - to)));
    }

    private static Query query(JsonNode trigger) {
        String type = trigger.path("type").asText();
        String name = trigger.path("name").asText(type);
        if (!type.equals("prometheus")) {
            throw new UnplayableException("the trigger " + name + " is of type " + type
                    + "; a rehearsal plays those of type prometheus (autoscaling.source=prometheus)");
        }
        String metricType = trigger.path("metricType").asText("AverageValue");
        if (!metricType.equals("AverageValue")) {
            throw new UnplayableException(
                    "the trigger " + name + " has metricType " + metricType + "; a rehearsal plays AverageValue");
        }
        JsonNode metadata = trigger.path("metadata");
        return new Query(
                name,
                metadata.path("query").asText(),
                metadata.path("threshold").asDouble(),
                !metadata.path("ignoreNullValues").asText("true").equals("false"));
    }

    private static Rules rules(JsonNode node, Rules defaults) {
        List<Policy> policies = new ArrayList<>();
        node.path("policies")
                .forEach(policy -> policies.add(new Policy(
                        Policy.Type.valueOf(policy.path("type").asText().toUpperCase(Locale.ROOT)),
                        policy.path("value").asInt(),
                        Duration.ofSeconds(policy.path("periodSeconds").asInt()))));
        JsonNode window = node.path("stabilizationWindowSeconds");
        return new Rules(
                window.isNumber() ? Duration.ofSeconds(window.asInt()) : defaults.window(),
                policies.isEmpty() ? defaults.policies() : List.copyOf(policies),
                Rules.Select.valueOf(node.path("selectPolicy").asText("Max").toUpperCase(Locale.ROOT)));
    }

    private static Fallback fallback(JsonNode node) {
        Fallback.Behavior behavior = switch (node.path("behavior").asText("static")) {
            case "static" -> Fallback.Behavior.STATIC;
            case "currentReplicas" -> Fallback.Behavior.CURRENT_REPLICAS;
            case "currentReplicasIfHigher" -> Fallback.Behavior.CURRENT_REPLICAS_IF_HIGHER;
            case "currentReplicasIfLower" -> Fallback.Behavior.CURRENT_REPLICAS_IF_LOWER;
            case String other -> throw new UnplayableException("fallback.behavior " + other + " is unknown");
        };
        return new Fallback(
                node.path("failureThreshold").asInt(3), node.path("replicas").asInt(0), behavior);
    }
}
