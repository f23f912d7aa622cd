package io.tidegate.protocol;

import static io.tidegate.protocol.Json.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** A chat message as it goes between nodes. The plain wire delivers it in this form. */
final class Chat {
    private static final byte[] USER = ascii("{\"user\":");
    private static final byte[] USER_MESSAGE = ascii(",\"message\":");
    private static final byte[] MESSAGE = ascii("{\"message\":");
    private static final byte[] TIMESTAMP = ascii(",\"timestamp\":");

    private Chat() {}

    /**
     * Makes a message.
     *
     * @param user JSON, null where there is none
     * @param body JSON
     */
    static Message message(byte @Nullable [] user, byte[] body, long timestamp) {
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
        return new Message(Opcode.TEXT, out.toByteArray());
    }

    /**
     * Puts members before the others of a message. A payload that is not an object becomes the text of a new object; no
     * node sends such a payload.
     */
    static Message prefixed(byte[] members, Message message) {
        byte[] object = message.payload();
        if (object.length < 2 || object[0] != '{' || object[object.length - 1] != '}') {
            object = ascii("{\"message\":" + StrictJson.quoted(new String(object, UTF_8)) + "}");
        }
        byte[] joined = new byte[members.length + object.length + 1];
        joined[0] = '{';
        System.arraycopy(members, 0, joined, 1, members.length);
        joined[members.length + 1] = ',';
        System.arraycopy(object, 1, joined, members.length + 2, object.length - 1);
        return new Message(Opcode.TEXT, joined);
    }
}
