package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The address that the notes tell is one at which a client is served. */
final class NotesTest {
    private static final String OPEN = "config: {auth: {open: true}}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{hosts: [ws.example.com]} | ws://ws.example.com/chat",
                "{hosts: [ws.example.com], tlsSecret: tls} | wss://ws.example.com/chat",
                "{hosts: ['*.example.com'], path: /ws} | ws://NAME.example.com/ws/chat",
                "{hosts: [ws.example.com], preset: traefik} | wss://ws.example.com/chat",
                "{hosts: [ws.example.com], preset: traefik, entryPoints: [web]} | ws://ws.example.com/chat",
            })
    void ingressIsToldAsItIsServed(String ingress, String url) {
        String notes = Chart.notes(Chart.PROMETHEUS, OPEN, "ingress: {enabled: true}", "ingress: " + ingress);

        assertTrue(notes.contains("Through the ingress:  " + url + "\n"), notes);
    }

    /** A proxy that does not rewrite passes its path on, so the server must have it; one that rewrites takes it away. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                        | /   | /chat",
                "{ingress: {path: /ws}}                    | /ws | /ws/chat",
                "{ingress: {path: /ws/}}                   | /ws | /ws/chat",
                "{ingress: {path: /ws}, config: {path: /}} | /   | /ws/chat",
                "{config: {path: /a/ws}}                   | /a/ws | /a/ws/chat",
            })
    void serverHasThePathOfTheRouteUnlessItIsRewritten(String values, String own, String outside) {
        String[] all = {
            Chart.PROMETHEUS, OPEN, "ingress: {enabled: true, hosts: [ws.example.com], tlsSecret: tls}", values
        };
        Rendered rendered = Chart.render(all);
        String inside = (own.equals("/") ? "" : own) + "/chat";

        assertEquals(own, rendered.variable("TIDEGATE_PATH"));
        String notes = Chart.notes(all);
        assertTrue(notes.contains("wss://ws.example.com" + outside + "\n"), notes);
        assertTrue(notes.contains("svc:80" + inside + "?topic=NAME"), notes);
        assertEquals(
                "ws://chat-tidegate.realtime.svc:80" + (own.equals("/") ? "" : own),
                rendered.get("Pod/chat-tidegate-test")
                        .at("/spec/containers/0/args/3")
                        .asText());
    }
}
