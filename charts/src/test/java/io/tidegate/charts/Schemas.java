package io.tidegate.charts;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the API server would say of an object, and of each key that it does not know: it would drop that one without a
 * word.
 *
 * <p>Kubernetes' own objects are held to their types, custom resources to the definitions as their projects publish
 * them. These are not part of the project: they are read from {@code ../shared/schemas} beside the checkout, or from
 * where the system property {@code tidegate.schemas} or the variable {@code TIDEGATE_SCHEMAS} points.
 */
final class Schemas {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new NothingLeftOver())
            .build();

    private final KubernetesSerialization types = new KubernetesSerialization();
    private final Map<String, JsonSchema> definitions = new TreeMap<>();

    Schemas() {
        folder().ifPresent(this::readDefinitions);
    }

    /** Where the definitions are, if anywhere. */
    static Optional<Path> folder() {
        String given = System.getProperty("tidegate.schemas", System.getenv("TIDEGATE_SCHEMAS"));
        Path folder = given == null ? Path.of("..", "..", "shared", "schemas") : Path.of(given);
        return Optional.of(folder).filter(Files::isDirectory);
    }

    /** All that is wrong with an object; for a custom resource whose definition is not at hand, nothing. */
    List<String> errors(JsonNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        JsonSchema definition = definitions.get(apiVersion + "/" + kind);
        if (definition != null) {
            return definition.validate(object).stream()
                    .map(ValidationMessage::getMessage)
                    .toList();
        }
        Class<? extends KubernetesResource> type = types.getRegisteredKubernetesResource(apiVersion, kind);
        if (type == null) {
            return List.of();
        }
        try {
            STRICT.treeToValue(object, type);
            return List.of();
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /** Whether anything is looked at in an object of this kind. */
    boolean knows(JsonNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        return definitions.containsKey(apiVersion + "/" + kind)
                || types.getRegisteredKubernetesResource(apiVersion, kind) != null;
    }

    /** Kinds that are checked against a definition, as {@code group/version/kind}. */
    List<String> defined() {
        return List.copyOf(definitions.keySet());
    }

    private void readDefinitions(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
                JsonNode definition = Chart.yaml(Files.readString(file)).path("spec");
                for (JsonNode version : definition.path("versions")) {
                    JsonNode schema =
                            closed(version.at("/schema/openAPIV3Schema").deepCopy());
                    definitions.put(
                            definition.path("group").asText() + "/"
                                    + version.path("name").asText() + "/"
                                    + definition.at("/names/kind").asText(),
                            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                                    .getSchema(schema));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses keys that are not listed, wherever the API server would drop them. */
    private static JsonNode closed(JsonNode schema) {
        List<JsonNode> children = new ArrayList<>();
        schema.elements().forEachRemaining(children::add);
        children.forEach(Schemas::closed);
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        if (schema instanceof ObjectNode object
                && schema.path("properties").isObject()
                && schema.path("type").asText().equals("object")
                && !schema.has("additionalProperties")
                && !open) {
            object.put("additionalProperties", false);
        }
        if (schema instanceof ObjectNode object
                && schema.path("x-kubernetes-int-or-string").asBoolean()) {
            object.remove("type");
        }
        return schema;
    }

    /** The types gather unknown keys in a map: without it they are errors. */
    private static final class NothingLeftOver extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;
        private static final Set<String> LEFT_OVERS = Set.of("additionalProperties", "setAdditionalProperty");

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return LEFT_OVERS.contains(annotated.getName()) ? Boolean.FALSE : super.hasAnySetter(annotated);
        }
    }
}
