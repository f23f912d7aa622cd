package io.tidegate.protocol;

/**
 * One whole data message, its fragments joined.
 *
 * @param opcode {@link Opcode#TEXT} or {@link Opcode#BINARY}
 * @param payload the bytes; valid UTF-8 where the opcode is text. Nobody may change them
 */
public record Message(Opcode opcode, byte[] payload) {
    public Message {
        if (opcode != Opcode.TEXT && opcode != Opcode.BINARY) {
            throw new IllegalArgumentException("a message is text or binary, not " + opcode);
        }
    }
}
