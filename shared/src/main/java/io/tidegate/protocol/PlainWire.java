package io.tidegate.protocol;

import static io.tidegate.protocol.Json.ascii;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chat wire without a subprotocol: {@code {"user":"ann","message":"hi"}} comes back to everybody with the server's
 * {@code timestamp}. Both members may be any JSON; other members are ignored, and {@code user} may be missing.
 */
final class PlainWire implements Wire {
    private static final String ALLOWED = "allowed is a text of JSON such as {\"user\":\"ann\",\"message\":\"hi\"}";
    private static final Set<String> MEMBERS = Set.of("user", "message");
    private static final byte[] USER = ascii("{\"user\":");
    private static final byte[] USER_MESSAGE = ascii(",\"message\":");
    private static final byte[] MESSAGE = ascii("{\"message\":");
    private static final byte[] TIMESTAMP = ascii(",\"timestamp\":");

    @Override
    public ClientFrame decode(Message message, long timestamp) {
        if (message.opcode() != Opcode.TEXT) {
            return invalid("binary message on /chat");
        }
        Optional<Map<String, byte[]>> object;
        try {
            object = Json.members(message.payload(), MEMBERS);
        } catch (JsonProcessingException e) {
            return new ClientFrame.Invalid(ErrorCode.INVALID_JSON, e.getOriginalMessage() + "; " + ALLOWED);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        if (object.isEmpty()) {
            return invalid("not an object");
        }
        byte[] body = object.get().get("message");
        if (body == null) {
            return invalid("no \"message\"");
        }
        byte[] user = object.get().get("user");
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + (user == null ? 0 : user.length) + body.length);
        if (user == null) {
            out.writeBytes(MESSAGE);
        } else {
            out.writeBytes(USER);
            out.writeBytes(user);
            out.writeBytes(USER_MESSAGE);
        }
        out.writeBytes(body);
        out.writeBytes(TIMESTAMP);
        out.writeBytes(ascii(Long.toString(timestamp)));
        out.write('}');
        return new ClientFrame.Publish(new Message(Opcode.TEXT, out.toByteArray()));
    }

    private static ClientFrame invalid(String what) {
        return new ClientFrame.Invalid(ErrorCode.INVALID_FRAME, what + "; " + ALLOWED);
    }
}
