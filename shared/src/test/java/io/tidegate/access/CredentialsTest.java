package io.tidegate.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    private static Credentials of(Map<String, List<String>> headers, List<String> offers, List<String> query) {
        return Credentials.of(name -> headers.getOrDefault(name, List.of()), offers, query, Optional.of("session"));
    }

    @Test
    void theHeaderComesFirstAndItsClientReadsTheStatus() {
        Map<String, List<String>> headers =
                Map.of("Authorization", List.of("bearer  t1"), "Cookie", List.of("session=t4"));
        assertEquals(
                new Credentials(Optional.of("t1"), true), of(headers, List.of("tidegate.token.t2"), List.of("t3")));
    }

    @Test
    void aScriptBringsItAsASubprotocolInTheQueryOrInACookie() {
        Map<String, List<String>> headers =
                Map.of("Authorization", List.of("Basic abc"), "Cookie", List.of("a=1; session=t4; b=2", "session=t5"));
        assertEquals(
                new Credentials(Optional.of("t2"), false),
                of(headers, List.of("tidegate.v1", "tidegate.token.t2"), List.of("t3")));
        assertEquals(new Credentials(Optional.of("t3"), false), of(headers, List.of("tidegate.v1"), List.of("t3")));
        assertEquals(new Credentials(Optional.of("t4"), false), of(headers, List.of(), List.of()));
    }

    @Test
    void withoutOneTheStatusSaysSo() {
        assertEquals(
                new Credentials(Optional.empty(), true),
                of(Map.of("Cookie", List.of("xsession=t4")), List.of("tidegate.v1"), List.of()));
    }
}
