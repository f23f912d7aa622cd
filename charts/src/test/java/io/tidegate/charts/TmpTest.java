package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image is read-only: what a pod dumps, and what jcmd needs to reach the JVM, goes to a volume of bounded size. */
final class TmpTest {
    @Test
    void aPodCanDumpIntoAVolumeOfBoundedSize() {
        JsonNode pod = pod("");
        assertEquals(
                "{\"emptyDir\":{\"sizeLimit\":\"1Gi\"},\"name\":\"tmp\"}",
                pod.at("/volumes/0").toString());
        assertEquals(List.of("tmp:/tmp"), mounts(pod));
        assertEquals(
                "true",
                pod.at("/containers/0/securityContext/readOnlyRootFilesystem").toString());
        assertEquals(
                "2Gi",
                pod("tmp: {sizeLimit: 2Gi}").at("/volumes/0/emptyDir/sizeLimit").asText());
    }

    @Test
    void itCanBeLeftOut() {
        assertEquals(List.of(), mounts(pod("tmp: {sizeLimit: ''}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{extraVolumes: [{name: scratch, emptyDir: {}}], extraVolumeMounts: [{name: scratch, mountPath: /tmp/}]}",
                "{extraVolumes: [{name: tmp, emptyDir: {}}], extraVolumeMounts: [{name: tmp, mountPath: /scratch}]}",
            })
    void aVolumeOfOnesOwnComesFirst(String values) {
        JsonNode pod = pod(values);
        assertEquals(1, pod.path("volumes").size());
        assertEquals(1, mounts(pod).size());
    }

    private static JsonNode pod(String values) {
        return Chart.render(Chart.PROMETHEUS, values.isEmpty() ? "{}" : values)
                .get("Deployment/chat-tidegate")
                .at("/spec/template/spec");
    }

    private static List<String> mounts(JsonNode pod) {
        List<String> mounts = new ArrayList<>();
        pod.at("/containers/0/volumeMounts")
                .forEach(mount -> mounts.add(mount.path("name").asText() + ":"
                        + mount.path("mountPath").asText()));
        return mounts;
    }
}
