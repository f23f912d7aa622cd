package io.tidegate.protocol;

import org.jspecify.annotations.Nullable;

/** The opcode of a WebSocket frame (RFC 6455, section 5.2). */
public enum Opcode {
    CONTINUATION(0x0),
    TEXT(0x1),
    BINARY(0x2),
    CLOSE(0x8),
    PING(0x9),
    PONG(0xA);

    private static final @Nullable Opcode[] BY_CODE = new @Nullable Opcode[16];

    static {
        for (Opcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    private final int code;

    Opcode(int code) {
        this.code = code;
    }

    /** The four bits of this opcode on the wire. */
    public int code() {
        return code;
    }

    /**
     * Whether this is close, ping or pong. These are never fragmented, and have at most 125 bytes (RFC 6455, section
     * 5.5).
     */
    public boolean isControl() {
        return code >= 0x8;
    }

    /** The opcode of these four bits, or null where RFC 6455 reserves them. */
    public static @Nullable Opcode of(int code) {
        return BY_CODE[code & 0xF];
    }
}
