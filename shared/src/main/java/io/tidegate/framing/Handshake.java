package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The server's half of the opening handshake (RFC 6455, section 4.2): the check of a request, and the response. */
public sealed interface Handshake {

    /**
     * The request opens a WebSocket connection.
     *
     * @param accept the value of {@code Sec-WebSocket-Accept} (section 4.2.2)
     * @param compression the first of the client's offered extensions that can be accepted (section 9.1)
     */
    record Accepted(String accept, Optional<PerMessageDeflate> compression) implements Handshake {}

    /**
     * The request does not open a WebSocket connection.
     *
     * @param status of the HTTP response
     * @param headers of the HTTP response
     * @param text one line for a human: what is wrong, without any text from the client
     */
    record Refused(int status, Map<String, String> headers, String text) implements Handshake {}

    /** A request's header fields. */
    @FunctionalInterface
    interface Headers {
        /**
         * The values of all field lines with this name, in order; empty where there is none.
         *
         * @param name in upper or lower case
         */
        List<String> values(String name);
    }

    /**
     * Checks a request by section 4.2.1. What is not part of the protocol (origin, limits, subprotocol) is not checked
     * here.
     *
     * @param method as written in the request line
     * @param version the version of HTTP, such as {@code 1.1}
     * @param compresses whether extensions are read
     */
    static Handshake of(String method, String version, Headers headers, boolean compresses) {
        // 405, not 400: the request is valid, but this resource has no other method, and 405 tells the client which
        // method it has (RFC 9110, section 15.5.6). Methods are case-sensitive (section 9.1).
        if (!method.equals("GET")) {
            return new Refused(405, Map.of("Allow", "GET"), "A WebSocket is opened with GET");
        }
        if (!version.matches("[1-9]\\.[0-9]") || version.equals("1.0")) {
            return new Refused(505, Map.of(), "A WebSocket needs HTTP/1.1");
        }
        if (headers.values("Host").size() != 1) {
            return badRequest("Exactly one Host header is needed");
        }
        if (!contains(headers.values("Upgrade"), "websocket")) {
            return upgradeRequired("This path is a WebSocket: the header Upgrade: websocket is missing");
        }
        if (!contains(headers.values("Connection"), "upgrade")) {
            return badRequest("The header Connection: Upgrade is missing; a proxy on the way may have removed it");
        }
        List<String> versions = headers.values("Sec-WebSocket-Version");
        if (versions.size() > 1) {
            return badRequest("Exactly one Sec-WebSocket-Version is allowed");
        }
        if (versions.isEmpty() || !versions.getFirst().strip().equals("13")) {
            return upgradeRequired("Only version 13 of the WebSocket protocol is supported");
        }
        List<String> keys = headers.values("Sec-WebSocket-Key");
        if (keys.size() != 1) {
            return badRequest("Exactly one Sec-WebSocket-Key is needed");
        }
        String key = keys.getFirst().strip();
        if (!isKey(key)) {
            return badRequest("Sec-WebSocket-Key is not 16 bytes in base64");
        }
        Optional<List<Extensions.Offer>> offers =
                compresses ? Extensions.parse(headers.values("Sec-WebSocket-Extensions")) : Optional.of(List.of());
        return offers.map(PerMessageDeflate::of)
                .<Handshake>map(compression -> new Accepted(accept(key), compression))
                .orElseGet(() -> badRequest("Sec-WebSocket-Extensions is malformed"));
    }

    /**
     * The subprotocols that the client offers, in the client's order (section 4.1, item 10 of the request).
     *
     * @param values of {@code Sec-WebSocket-Protocol}
     */
    static List<String> subprotocols(List<String> values) {
        return values.stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    /**
     * The whole response that switches protocols (section 4.2.2), up to the first frame.
     *
     * @param subprotocol the chosen one
     */
    static byte[] response(Accepted accepted, Optional<String> subprotocol) {
        String response = """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: %s\r
                %s%s\r
                """;
        String chosen = line("Sec-WebSocket-Protocol", subprotocol);
        String extension =
                line("Sec-WebSocket-Extensions", accepted.compression().map(PerMessageDeflate::response));
        return response.formatted(accepted.accept(), chosen, extension).getBytes(US_ASCII);
    }

    private static String line(String name, Optional<String> value) {
        return value.map(text -> name + ": " + text + "\r\n").orElse("");
    }

    private static Refused badRequest(String text) {
        return new Refused(400, Map.of(), text);
    }

    /**
     * The client must change the protocol to be served (RFC 9110, section 15.5.22). {@code Upgrade} names the protocol,
     * {@code Connection} must name {@code Upgrade} (section 7.8), and {@code Sec-WebSocket-Version} names the version
     * (RFC 6455, section 4.4).
     */
    static Refused upgradeRequired(String text) {
        Map<String, String> headers =
                Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13");
        return new Refused(426, headers, text);
    }

    /** Whether a list of tokens has this one. The list may be spread over several lines (RFC 9110, section 5.6.1). */
    private static boolean contains(List<String> values, String token) {
        for (String value : values) {
            for (String item : value.split(",", -1)) {
                // Not equalsIgnoreCase, because that takes the Kelvin sign for a k. Only ASCII letters have two cases
                // here.
                if (item.strip().matches("(?i)" + token)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isKey(String key) {
        // The decoder also accepts 22 characters without padding.
        if (key.length() != 24) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Hashes the key as it was sent, not decoded, with the protocol's GUID (section 4.2.2). */
    private static String accept(String key) {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(text);
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
