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
 * The reader that Helidon reads requests from. It closes three gaps of Helidon. First, a client that leaves inside a
 * request is a server defect for Helidon, with a stack trace in the log; here it is the client's error. Second, the same
 * is true for a method that is no token. Third, Helidon reads a chunk's size by {@link Integer#parseUnsignedInt}, does
 * not check what follows a chunk, and reads each chunk completely into memory. Here chunks must follow RFC 9112, section
 * 7.1, and a large chunk comes in pieces.
 *
 * <p>Helidon reads the first line of a request, and nothing else after the end of a head, by {@link #findNewLine} and
 * {@link #readBytes}. It reads chunks, and nothing else, by {@link #readLine}, {@link #readBuffer} and {@link #skip}, in
 * this order.
 */
final class RequestReader extends DataReader {
    /** The largest piece of a chunk in bytes. */
    private static final int PIECE = 16 << 10;

    /** Bytes of a line with a chunk's size and its extensions, which are not used. */
    private static final int MAX_LINE = 256;

    /** Fifteen digits fit into a long. */
    private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~]*)?");

    /** The characters of a method besides letters and digits (RFC 9110, section 5.6.2). */
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    /** The next bytes are a request, or the content of one. */
    private boolean behindHead = true;

    /** The end of a line has just been found. */
    private boolean lineFound;

    /** The bytes of the current chunk that are left. */
    private long left;

    /** The next bytes are a piece of a chunk. */
    private boolean inPiece;

    /** Helidon skips the end of a chunk next. Within {@link #readBuffer} Helidon's reader calls skip itself. */
    private boolean behindPiece;

    /** The last chunk has come. An empty line follows, because trailers are refused. */
    private boolean ends;

    /** Reads from a source. A source that has no more bytes throws, as Helidon's does. */
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

    /** The bytes that have come, at least one. */
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
            // Bytes that are read next without a search for a line are no request: they are frames that came with a
            // handshake.
            lineFound = false;
        }
        return isEndOfHead;
    }

    @Override
    public byte[] readBytes(int length) {
        byte[] bytes = super.readBytes(length);
        if (behindHead && lineFound) {
            behindHead = false;
            require(beginsWithToken(bytes), "the method of a request must be a token (RFC 9110, section 5.6.2)");
        }
        lineFound = false;
        return bytes;
    }

    /** Also true where there is no blank: Helidon itself refuses such a line. */
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
     * The size of the next piece, in the form that Helidon reads; after the last chunk an empty line.
     *
     * @throws BadRequestException where the chunk is malformed
     */
    @Override
    public String readLine() {
        if (ends) {
            require(line().isEmpty(), "a chunked body must end with an empty line; trailers are not supported");
            ends = false;
            return "";
        }
        if (left == 0) {
            Matcher size = SIZE.matcher(line());
            require(size.matches(), "the size of a chunk must be 1 to 15 hexadecimal digits");
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

    /**
     * Skips the end of a chunk. Helidon calls this after each piece, but only the last piece of a chunk has an end, which
     * must be there.
     */
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
            throw new BadRequestException("a line must end with CR and LF", e);
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
