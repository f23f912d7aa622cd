package io.tidegate.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.client.Trace;
import java.net.URI;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private final Refusals refusals = new Refusals();

    @Test
    void aRefusedPublishHasItsNumber() {
        assertEquals(OptionalInt.of(17), refused(Trace.Kind.RECEIVED, "relay-unavailable", refusals.id(17)));
    }

    @Test
    void nothingElseIsARefusedPublishOfThisClient() {
        assertEquals(OptionalInt.empty(), refused(Trace.Kind.SENT, "relay-unavailable", refusals.id(17)));
        assertEquals(OptionalInt.empty(), refused(Trace.Kind.RECEIVED, "invalid-topic", refusals.id(17)));
        assertEquals(OptionalInt.empty(), refused(Trace.Kind.RECEIVED, "relay-unavailable", new Refusals().id(17)));
    }

    /** As the server writes it. */
    private OptionalInt refused(Trace.Kind kind, String code, String id) {
        String frame = "{\"type\":\"error\",\"code\":\"" + code + "\",\"message\":\"try again\",\"answers\":\"publish\""
                + ",\"id\":\"" + id + "\",\"topic\":\"tea\"}";
        return refusals.refused(new Trace(kind, URI.create("ws://127.0.0.1/chat"), frame));
    }
}
