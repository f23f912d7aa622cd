package io.tidegate.fleet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The answer of {@code /fleet}: every node that this node knows of, by name.
 *
 * @param node the name of the node that answers
 * @param interval the time between two reports of a node
 */
public record FleetView(String node, Duration interval, List<Member> members) {
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * A node.
     *
     * @param ageMillis the time since its last report
     */
    record Member(NodeReport report, long ageMillis) {}

    static FleetView of(Member self, List<Member> others, Duration interval) {
        List<Member> members = Stream.concat(Stream.of(self), others.stream())
                .sorted(Comparator.comparing((Member member) -> member.report().node())
                        .thenComparing(member -> member.report().instance()))
                .toList();
        return new FleetView(self.report().node(), interval, members);
    }

    /** The body of the response. */
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("node", node);
            json.writeNumberField("intervalMs", interval.toMillis());
            json.writeArrayFieldStart("nodes");
            for (Member member : members) {
                json.writeStartObject();
                member.report().writeMembers(json);
                json.writeNumberField("ageMs", member.ageMillis());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }
}
