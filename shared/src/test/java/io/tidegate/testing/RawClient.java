package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Opcode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client that is nothing but a socket: it sends what it is told, right or wrong, answers nothing by itself,
 * and shows every byte of what comes back, inflated where it offered to take it compressed. Every read ends after ten seconds.
 */
public final class RawClient implements AutoCloseable {
    /** The RFC's own example (section 1.3), whose answer is {@link #ACCEPT}. */
    public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Socket socket;
    private final InputStream in;
    private boolean compression;

    /** An HTTP response's head, and its body where it has a length. */
    public record Response(int status, Map<String, String> headers, String body) {
        /** A header's value, empty where it is missing. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    /** Opens TCP and sends nothing. */
    public RawClient(int port) {
        this(SocketFactory.getDefault(), port);
    }

    /** The same through sockets of one's own, such as those of TLS. */
    public RawClient(SocketFactory sockets, int port) {
        try {
            socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("connecting to " + port, e);
        }
    }

    /** Connects and shakes hands; further headers as whole lines. */
    public static RawClient connect(int port, String path, String... headers) {
        return connect(SocketFactory.getDefault(), port, path, headers);
    }

    /** The same through sockets of one's own. */
    public static RawClient connect(SocketFactory sockets, int port, String path, String... headers) {
        RawClient client = new RawClient(sockets, port);
        Response response = client.handshake(path, headers);
        if (response.status() != 101) {
            client.close();
            throw new AssertionError("handshake refused: " + response);
        }
        return client;
    }

    /** A handshake as every client sends it, and the answer. */
    public Response handshake(String path, String... headers) {
        List<String> lines = new ArrayList<>(List.of(
                "GET " + path + " HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: " + KEY,
                "Sec-WebSocket-Version: 13"));
        lines.addAll(List.of(headers));
        Response response = request(lines);
        compression = response.header("Sec-WebSocket-Extensions").startsWith("permessage-deflate");
        return response;
    }

    /** Sends a request of these lines, and reads the answer. */
    public Response request(List<String> lines) {
        send((String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1));
        return response();
    }

    /** Reads an HTTP response. */
    public Response response() {
        try {
            String status = line();
            Map<String, String> headers = new TreeMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            String body = new String(in.readNBytes(length), UTF_8);
            return new Response(Integer.parseInt(status.split(" ")[1]), headers, body);
        } catch (IOException e) {
            throw new UncheckedIOException("reading a response", e);
        }
    }

    /** Reads wait as long as it takes from now on. */
    public void readForEver() {
        try {
            socket.setSoTimeout(0);
        } catch (IOException e) {
            throw new UncheckedIOException("setting the timeout", e);
        }
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("sending", e);
        }
    }

    /** Sends a text message. */
    public void text(String text) {
        send(ClientFrames.text(text));
    }

    /** The next frame; null where the server has closed TCP in order. */
    public ServerFrames.@Nullable Frame next() {
        try {
            return ServerFrames.read(in, compression);
        } catch (IOException e) {
            throw new UncheckedIOException("reading a frame", e);
        }
    }

    /** The next frame, which must be there. */
    public ServerFrames.Frame frame() {
        ServerFrames.Frame frame = next();
        if (frame == null) {
            throw new AssertionError("TCP was closed where a frame was expected");
        }
        return frame;
    }

    /** The next message that is no heartbeat. */
    public String message() {
        ServerFrames.Frame frame = frame();
        while (frame.opcode() == Opcode.PING || frame.text().startsWith("{\"type\":\"heartbeat\"")) {
            frame = frame();
        }
        if (frame.opcode().isControl()) {
            throw new AssertionError("a message was expected, not " + frame);
        }
        return frame.text();
    }

    /** The close frame that must come now, answered by ours; then TCP must end. */
    public ServerFrames.Frame closed() {
        ServerFrames.Frame frame = frame();
        if (frame.opcode() != Opcode.CLOSE) {
            throw new AssertionError("a close frame was expected, not " + frame);
        }
        send(ClientFrames.close(frame.closeCode() == 1005 ? 1000 : frame.closeCode(), ""));
        ServerFrames.Frame more = next();
        if (more != null) {
            throw new AssertionError("nothing may follow a close frame, but " + more);
        }
        return frame;
    }

    /** Vanishes: TCP ends with a reset and without a close frame. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("resetting", e);
        }
    }

    /** Waits for the end of TCP, and returns what comes before. */
    public String rest() {
        try {
            return new String(in.readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("reading the rest", e);
        }
    }

    /** Waits for the end of TCP and throws away what comes before. */
    public void awaitEnd() {
        try {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            if (e instanceof java.net.SocketTimeoutException) {
                throw new AssertionError("TCP is still open after " + TIMEOUT, e);
            }
            // A reset is an end, too.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing", e);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("TCP ended inside a response, after: " + line.toString(ISO_8859_1));
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(ISO_8859_1);
    }
}
