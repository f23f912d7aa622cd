package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.access.Credentials;
import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A request: a line with method and version, then one header in each line. It is accepted or refused, and the answer to any
 * request is one response.
 */
public final class HandshakeTarget {
    private static final Set<Integer> STATUSES = Set.of(400, 405, 426, 505);
    private static final String ACCEPT = "[A-Za-z0-9+/]{27}=";
    private static final String EXTENSION =
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover(; server_max_window_bits=([89]|1[0-5]))?";

    private HandshakeTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        List<String> lines = Texts.lines(input);
        String[] request = (lines.getFirst() + " ").split(" ", -1);
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : lines.subList(1, lines.size())) {
            int colon = Math.max(0, line.indexOf(':'));
            fields.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(Math.min(line.length(), colon + 1)));
        }
        Handshake.Headers headers = name -> fields.getOrDefault(name, List.of());
        for (boolean compresses : new boolean[] {false, true}) {
            switch (Handshake.of(request[0], request[1], headers, compresses)) {
                case Handshake.Accepted accepted -> accepted(accepted, compresses);
                case Handshake.Refused refused -> {
                    Promise.that(STATUSES.contains(refused.status()), () -> "status " + refused.status());
                    Promise.that(refused.text().matches("[ -~]{1,123}"), refused::text);
                }
            }
        }
        List<String> subprotocols = Handshake.subprotocols(headers.values("Sec-WebSocket-Protocol"));
        Credentials credentials =
                Credentials.of(headers::values, subprotocols, headers.values("access_token"), Optional.of("token"));
        Promise.that(
                credentials.token().isPresent() || credentials.readsStatus(),
                () -> "no token, and yet a client that reads no status");
    }

    private static void accepted(Handshake.Accepted accepted, boolean compresses) {
        Promise.that(compresses || accepted.compression().isEmpty(), () -> "compression, which is off");
        String response = new String(Handshake.response(accepted, Optional.of("tidegate.v1")), US_ASCII);
        String expected = "HTTP/1\\.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + ACCEPT + "\r\nSec-WebSocket-Protocol: tidegate\\.v1\r\n"
                + (accepted.compression().isPresent() ? "Sec-WebSocket-Extensions: " + EXTENSION + "\r\n" : "")
                + "\r\n";
        Promise.that(response.matches(expected), () -> response);
    }
}
