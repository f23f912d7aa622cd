package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A text from a client or a back end: it is a frame, or an error in our own words. Passed-on text is JSON. */
public final class CodecTarget {
    private static final long NOW = 1_800_000_000_000L;

    /** Words of a parser, which mean nothing to a client. */
    private static final List<String> PARSER = List.of(
            "Stream",
            "Constraint",
            "fasterxml",
            "Jackson",
            "JsonTo",
            "Unexpected",
            "Unrecognized",
            "source:",
            "column",
            "exceeds",
            "java.");

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private CodecTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        // A text that is not UTF-8 does not reach this code.
        byte[] text = Texts.of(input).getBytes(UTF_8);
        for (Wire wire : List.of(Wire.FULL, Wire.PLAIN)) {
            fromClient(wire, text, Author.AS_WRITTEN);
            fromClient(wire, text, Author.proven(Optional.of("ann")));
            Promise.that(
                    wire.decode(new Message(Opcode.BINARY, input), NOW, Author.AS_WRITTEN)
                            instanceof ClientFrame.Invalid,
                    () -> "a binary message is not refused");
        }
        fromBackEnd(input);
    }

    private static void fromClient(Wire wire, byte[] text, Author author) {
        switch (wire.decode(new Message(Opcode.TEXT, text), NOW, author)) {
            case ClientFrame.Publish publish -> published(wire, publish);
            case ClientFrame.Invalid invalid -> {
                inOurWords(invalid.message());
                Promise.that(
                        invalid.about().topic().stream().allMatch(Json::isUnicode), () -> "a topic that is no text");
            }
            case ClientFrame.Subscribe subscribe -> {
                isTopic(subscribe.topic());
                Promise.that(
                        subscribe.after().isEmpty() || subscribe.last() == 0, () -> "last and after: " + subscribe);
            }
            case ClientFrame.Unsubscribe unsubscribe -> isTopic(unsubscribe.topic());
            case ClientFrame.Ping ping -> {}
            case ClientFrame.Token token -> {}
        }
    }

    private static void published(Wire wire, ClientFrame.Publish publish) {
        Message message = publish.message();
        publish.topic().ifPresent(CodecTarget::isTopic);
        publish.id().ifPresent(id -> isJson(id.json().getBytes(UTF_8)));
        isJson(message.payload());
        // Text that we have written reads as the same value.
        if (wire.decode(message, NOW, Author.AS_WRITTEN) instanceof ClientFrame.Publish again) {
            Promise.that(
                    Arrays.equals(message.payload(), again.message().payload()),
                    () -> Texts.of(message.payload()) + " becomes "
                            + Texts.of(again.message().payload()));
        } else {
            Promise.that(false, () -> "it is not read again: " + Texts.of(message.payload()));
        }
        for (Position position : List.of(Position.NONE, new Position("3k9x2", 17))) {
            isJson(Publication.held(new Topic("tea"), position, message).getBytes(UTF_8));
        }
    }

    private static void fromBackEnd(byte[] text) {
        judged(StrictJson.value(text));
        Parsed<List<byte[]>> array = StrictJson.array(text, 3);
        if (array instanceof Parsed.Good<List<byte[]>>(List<byte[]> elements)) {
            elements.forEach(CodecTarget::isJson);
        } else if (array instanceof Parsed.Bad<List<byte[]>>(String why)) {
            inOurWords(why);
        }
        if (StrictJson.object(text, Set.of("topic", "message", "id")) instanceof Parsed.Bad<?>(String why)) {
            inOurWords(why);
        }
    }

    private static void judged(Parsed<byte[]> parsed) {
        switch (parsed) {
            case Parsed.Good<byte[]>(byte[] value) -> {
                isJson(value);
                StrictJson.string(value);
                MessageId.read(value);
            }
            case Parsed.Bad<byte[]>(String why) -> inOurWords(why);
        }
    }

    private static void isTopic(Topic topic) {
        Promise.that(Topic.isValid(topic.name()), topic::name);
    }

    private static void inOurWords(String text) {
        Promise.that(PARSER.stream().noneMatch(text::contains), () -> text);
    }

    private static void isJson(byte[] text) {
        try (JsonParser json = JSON.createParser(Texts.of(text))) {
            Promise.that(json.nextToken() != null, () -> "nothing");
            json.skipChildren();
            Promise.that(json.nextToken() == null, () -> "more than one value: " + Texts.of(text));
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + Texts.of(text), e);
        }
    }
}
