package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.DataReader;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The bytes from a client, with each HTTP/1.0 request rewritten as an HTTP/1.1 request. Helidon reads no older version,
 * but probes of load balancers and proxies still send HTTP/1.0. All other bytes pass unchanged, and after a request that
 * is not of HTTP/1.0 nothing is checked any more.
 *
 * <p>One thread pulls; the methods throw what the source throws.
 */
final class OldRequests implements Supplier<byte[]> {
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
    private static final byte[] NONE = {};

    private final DataReader source;

    /** The largest size of a line or head without an end. Helidon refuses longer ones. */
    private final int limit;

    private State state = State.LOOKING;

    /** Bytes that have come and are not passed on yet. */
    private byte[] begun = NONE;

    /** How many bytes of the latest request's content must still be passed on. */
    private long content;

    private boolean last;

    private enum State {
        /** The next bytes begin a request. */
        LOOKING,
        /** The next bytes are content of an HTTP/1.0 request, or follow that content. */
        OLD,
        /** All bytes are passed on unchanged. */
        OTHER
    }

    OldRequests(DataReader source, int limit) {
        this.source = source;
        this.limit = limit;
    }

    /** Whether the connection's latest request was of HTTP/1.0. */
    boolean old() {
        return state == State.OLD;
    }

    /**
     * The next bytes, at least one: a whole head of HTTP/1.0, content of its request, or bytes of anything else.
     *
     * @throws DataReader.InsufficientDataAvailableException where nothing more comes, or nothing more will be answered:
     *     Helidon answers {@code Connection: close}, but does not close by itself
     */
    @Override
    public byte[] get() {
        if (state == State.OLD && content == 0) {
            if (last) {
                throw new DataReader.InsufficientDataAvailableException();
            }
            state = State.LOOKING;
        }
        return switch (state) {
            case LOOKING -> request();
            case OLD -> content();
            case OTHER -> begun();
        };
    }

    private byte[] request() {
        int line = gather(LINE_END);
        if (line < 0 || !OldHead.begins(new String(begun, 0, line, ISO_8859_1))) {
            state = State.OTHER;
            return begun();
        }
        int end = gather(HEAD_END);
        if (end < 0) {
            state = State.OTHER;
            return begun();
        }
        OldHead head = OldHead.of(Arrays.copyOf(begun, end));
        begun = Arrays.copyOfRange(begun, end + HEAD_END.length, begun.length);
        content = head.content();
        last = head.last();
        state = State.OLD;
        return head.bytes();
    }

    private byte[] content() {
        byte[] come = begun();
        if (come.length > content) {
            begun = Arrays.copyOfRange(come, (int) content, come.length);
            come = Arrays.copyOf(come, (int) content);
        }
        content -= come.length;
        return come;
    }

    private byte[] begun() {
        byte[] bytes = begun;
        begun = NONE;
        return bytes.length > 0 ? bytes : pull();
    }

    /** Pulls until this end is found, and returns its index; negative where it will not come. */
    private int gather(byte[] end) {
        int found = indexOf(end);
        while (found < 0 && begun.length < limit) {
            try {
                begun = joined(begun, pull());
            } catch (DataReader.InsufficientDataAvailableException e) {
                if (begun.length == 0) {
                    throw e;
                }
                return -1;
            }
            found = indexOf(end);
        }
        return found;
    }

    private int indexOf(byte[] end) {
        for (int i = 0; i + end.length <= begun.length; i++) {
            if (Arrays.equals(begun, i, i + end.length, end, 0, end.length)) {
                return i;
            }
        }
        return -1;
    }

    private byte[] pull() {
        return RequestReader.pull(source);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
