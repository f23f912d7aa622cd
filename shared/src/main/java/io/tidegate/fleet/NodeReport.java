package io.tidegate.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The report of a node to the other nodes.
 *
 * @param instance the identifier of the process: a node that starts again under its old name has another one
 * @param round the round of the report: all nodes report once in each round, within a moment of each other
 * @param fleet the name of the fleet to which the node belongs
 * @param node the name of the node
 * @param runtime {@code se} or {@code mp}
 * @param connections the open connections, including those that have been told to leave
 * @param moving the number of open connections that are about to be open on another node, too
 * @param limit the limit of open connections
 * @param draining whether the node takes no new connections
 * @param revision the revision of the node, which a rollout brings or replaces; null where the node was not told its
 *     revision
 */
record NodeReport(
        String instance,
        long round,
        String fleet,
        String node,
        String runtime,
        int connections,
        int moving,
        int limit,
        boolean draining,
        @Nullable Revision revision) {
    /** Far more than any report has. A limit is needed because anyone can publish to a channel. */
    private static final int MAX_BYTES = 1_024;

    /**
     * A bound for the number of rounds. An interval lasts at least 100 ms and has one round, and the rounds began no
     * earlier than 1970. A round above twice the resulting number is not from a node, and the other nodes must not take
     * it over. The bound grows faster than the rounds do, so no round below it, however high, is the last.
     */
    private static final long ROUND_MILLIS = 50;

    /** A minimum of the bound, for a clock that begins at 0, as in a simulation. */
    private static final long FIRST_ROUNDS = 1_000_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,253}");

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * What a node knows of its revision. A node that has just started does not know it all, and learns it from the
     * others.
     *
     * @param ageMillis the time since the first node of the revision started. It is not a point in time, because no two
     *     clocks agree
     * @param leaving whether a node of the revision has begun to drain, and none has started since
     */
    record Revision(String name, long ageMillis, boolean leaving) {
        private static final long OLDEST_MILLIS = Duration.ofDays(100_000).toMillis();
        private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]{1,63}");

        Revision {
            if (!VALUE.matcher(name).matches() || ageMillis < 0 || ageMillis > OLDEST_MILLIS) {
                throw new IllegalArgumentException("no revision of a node");
            }
        }
    }

    NodeReport {
        if (!Stream.of(instance, fleet, node, runtime)
                        .allMatch(name -> NAME.matcher(name).matches())
                || round < 0
                || connections < 0
                || moving < 0
                || limit < 1) {
            throw new IllegalArgumentException("no report of a node");
        }
    }

    /** The encoded report. */
    Message message() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("instance", instance);
            json.writeNumberField("round", round);
            json.writeStringField("fleet", fleet);
            json.writeNumberField("moving", moving);
            if (revision != null) {
                json.writeStringField("revision", revision.name);
                json.writeNumberField("revisionAgeMs", revision.ageMillis);
                json.writeBooleanField("revisionLeaves", revision.leaving);
            }
            writeMembers(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new Message(Opcode.TEXT, bytes.toByteArray());
    }

    /** Writes the members that are public. */
    void writeMembers(JsonGenerator json) throws IOException {
        json.writeStringField("node", node);
        json.writeStringField("runtime", runtime);
        json.writeNumberField("connections", connections);
        json.writeNumberField("limit", limit);
        json.writeBooleanField("draining", draining);
    }

    /**
     * Decodes a report; empty where the message is not a report. Members that a later release adds are ignored.
     *
     * @param epochMillis now
     */
    static Optional<NodeReport> read(Message message, long epochMillis) {
        if (message.payload().length > MAX_BYTES) {
            return Optional.empty();
        }
        try (JsonParser json = JSON.createParser(new String(message.payload(), UTF_8))) {
            return Optional.of(read(json)).filter(report -> report.round <= mostRounds(epochMillis));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static long mostRounds(long epochMillis) {
        return FIRST_ROUNDS + epochMillis / ROUND_MILLIS;
    }

    private static NodeReport read(JsonParser json) throws IOException {
        String instance = "";
        long round = -1;
        String fleet = "";
        String node = "";
        String runtime = "";
        int connections = -1;
        int moving = -1;
        int limit = -1;
        boolean draining = false;
        String revision = "";
        long age = -1;
        boolean leaving = false;
        require(json, json.nextToken() == JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "instance" -> instance = string(json);
                case "round" -> round = json.getLongValue();
                case "fleet" -> fleet = string(json);
                case "node" -> node = string(json);
                case "runtime" -> runtime = string(json);
                case "connections" -> connections = json.getIntValue();
                case "moving" -> moving = json.getIntValue();
                case "limit" -> limit = json.getIntValue();
                case "draining" -> draining = json.getBooleanValue();
                case "revision" -> revision = string(json);
                case "revisionAgeMs" -> age = json.getLongValue();
                case "revisionLeaves" -> leaving = json.getBooleanValue();
                default -> json.skipChildren();
            }
        }
        require(json, json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
        Revision known = revision.isEmpty() ? null : new Revision(revision, age, leaving);
        return new NodeReport(instance, round, fleet, node, runtime, connections, moving, limit, draining, known);
    }

    private static String string(JsonParser json) throws IOException {
        require(json, json.currentToken() == JsonToken.VALUE_STRING);
        return json.getText();
    }

    private static void require(JsonParser json, boolean holds) throws JsonParseException {
        if (!holds) {
            throw new JsonParseException(json, "no report of a node");
        }
    }
}
