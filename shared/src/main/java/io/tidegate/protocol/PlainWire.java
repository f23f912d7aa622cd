package io.tidegate.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chat wire without a subprotocol: {@code {"user":"ann","message":"hi"}} goes to all subscribers with the server's
 * {@code timestamp}. Both members may be any JSON. Other members are ignored, and {@code user} may be missing.
 */
final class PlainWire implements Wire {
    private static final String ALLOWED = "allowed is a text of JSON such as {\"user\":\"ann\",\"message\":\"hi\"}";
    private static final Set<String> MEMBERS = Set.of("user", "message");

    @Override
    public ClientFrame decode(Message message, long timestamp, Author author) {
        if (message.opcode() != Opcode.TEXT) {
            return invalid("binary message on /chat");
        }
        Optional<Map<String, byte[]>> object;
        try {
            object = Json.members(message.payload(), MEMBERS);
        } catch (JsonProcessingException e) {
            return new ClientFrame.Invalid(ErrorCode.INVALID_JSON, Json.complaint(e, ALLOWED));
        }
        if (object.isEmpty()) {
            return invalid("not an object");
        }
        byte[] body = object.get().get("message");
        if (body == null) {
            return invalid("no \"message\"");
        }
        return new ClientFrame.Publish(Chat.message(author.user(object.get().get("user")), body, timestamp));
    }

    @Override
    public FrameBatch encode(Topic topic, Position first, List<Message> messages) {
        return FrameBatch.of(messages);
    }

    @Override
    public boolean resumes() {
        return false;
    }

    private static ClientFrame invalid(String what) {
        return new ClientFrame.Invalid(ErrorCode.INVALID_FRAME, what + "; " + ALLOWED);
    }
}
