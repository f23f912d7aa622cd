package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.BadRequestException;
import io.helidon.webserver.CloseConnectionException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Helidon reads requests from, where it leaves three gaps. A client that leaves inside a request is a defect of the
 * server to it, with a stack trace in the log, and so is a method that is no token: here both are the client's. And its
 * chunks are read by {@link Integer#parseUnsignedInt}, whatever follows them, each whole into memory: here they are as RFC
 * 9112, section 7.1, wants them, and a large one comes in pieces.
 *
 * <p>Helidon reads the first line of a request, and nothing else behind the end of a head, by {@link #findNewLine} and
 * {@link #readBytes}. It reads chunks, and nothing else, by {@link #readLine}, {@link #readBuffer} and {@link #skip}, in this order.
 */
final class RequestReader extends DataReader {
    /** Of a chunk, at once. */
    private static final int PIECE = 16 << 10;

    /** Bytes of a line with a chunk's size and its extensions, which nobody uses. */
    private static final int MAX_LINE = 256;

    /** Fifteen digits fit a long. */
    private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~]*)?");

    /** Of methods (RFC 9110, section 5.6.2). */
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    /** A request is next, or the content of one. */
    private boolean behindHead = true;

    /** The end of a line has just been found. */
    private boolean lineFound;

    /** What is left of a chunk. */
    private long left;

    /** A piece of a chunk is next. */
    private boolean inPiece;

    /** Helidon skips the end of a chunk next; within {@link #readBuffer} its reader skips for itself. */
    private boolean behindPiece;

    /** The last chunk has come: an empty line is next, since no trailers are taken. */
    private boolean ends;

    /** Reads what the source gives; a source that has no more throws, as that of Helidon does. */
    RequestReader(Supplier<byte[]> source) {
        super(() -> bytes(source));
    }

    private static byte[] bytes(Supplier<byte[]> source) {
        try {
            return source.get();
        } catch (InsufficientDataAvailableException | UncheckedIOException e) {
            throw new CloseConnectionException("the client has left", e);
        }
    }

    /** What has come, at least one byte. */
    static byte[] pull(DataReader source) {
        source.ensureAvailable();
        return source.readBytes(source.available());
    }

    @Override
    public int findNewLine(int max) throws IncorrectNewLineException {
        lineFound = true;
        return super.findNewLine(max);
    }

    @Override
    public boolean startsWithNewLine() {
        boolean isEndOfHead = super.startsWithNewLine();
        if (isEndOfHead) {
            behindHead = true;
            // What is read next without a line being looked for is no request: frames that came with a handshake.
            lineFound = false;
        }
        return isEndOfHead;
    }

    @Override
    public byte[] readBytes(int length) {
        byte[] bytes = super.readBytes(length);
        if (behindHead && lineFound) {
            behindHead = false;
            require(beginsWithToken(bytes), "the method of a request is a token (RFC 9110, section 5.6.2)");
        }
        lineFound = false;
        return bytes;
    }

    /** True also where there is no blank, which Helidon refuses itself. */
    private static boolean beginsWithToken(byte[] line) {
        int blank = 0;
        boolean isToken = true;
        while (blank < line.length && line[blank] != ' ') {
            char c = (char) (line[blank] & 0xFF);
            isToken &= (c < 0x80 && Character.isLetterOrDigit(c)) || TOKEN_SIGNS.indexOf(c) >= 0;
            blank++;
        }
        return blank == line.length || (isToken && blank > 0);
    }

    /**
     * The size of the next piece, as Helidon reads it; behind the last one an empty line.
     *
     * @throws BadRequestException where there is no chunk as it must be
     */
    @Override
    public String readLine() {
        if (ends) {
            require(line().isEmpty(), "a chunked body ends with an empty line; trailers are not taken");
            ends = false;
            return "";
        }
        if (left == 0) {
            Matcher size = SIZE.matcher(line());
            require(size.matches(), "the size of a chunk is 1 to 15 hexadecimal digits");
            left = Long.parseLong(size.group(1), 16);
        }
        int piece = (int) Math.min(left, PIECE);
        left -= piece;
        inPiece = piece > 0;
        ends = piece == 0;
        return Integer.toHexString(piece);
    }

    @Override
    public BufferData readBuffer(int length) {
        BufferData bytes = super.readBuffer(length);
        behindPiece = inPiece;
        inPiece = false;
        return bytes;
    }

    /** Where Helidon skips the end of a chunk, that must be there, and behind a piece there is none. */
    @Override
    public void skip(int length) {
        if (!behindPiece) {
            super.skip(length);
            return;
        }
        behindPiece = false;
        if (left == 0) {
            require(line().isEmpty(), "a chunk has more than its size says");
        }
    }

    private String line() {
        int length = MAX_LINE;
        try {
            length = super.findNewLine(MAX_LINE);
        } catch (IncorrectNewLineException e) {
            throw new BadRequestException("a line ends with CR and LF", e);
        }
        require(length < MAX_LINE, "the line of a chunk has more than " + MAX_LINE + " bytes");
        String line = new String(super.readBytes(length), US_ASCII);
        super.skip(2);
        return line;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new BadRequestException(rule);
        }
    }
}
