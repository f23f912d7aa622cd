package io.tidegate.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Publishes over keep-alive connections of HTTP/1.1, as fast as the server answers, and uses little CPU itself. */
final class Publisher {
    private static final int TOPICS = 16;
    private static final int BYTES = 150;
    private static final String MESSAGE = "{\"text\":\"" + "x".repeat(BYTES - 11) + "\"}";

    private final int port;
    private final String header;
    private final boolean own;

    /** Differs in each run, so that no run finds the messages of an earlier run. */
    private final String prefix = "bench-" + Long.toString(System.nanoTime(), 36) + "-";

    private Publisher(int port, String header, boolean own) {
        this.port = port;
        this.header = header;
        this.own = own;
    }

    static Publisher ofTidegate(int port, String key) {
        return new Publisher(port, "Authorization: Bearer " + key, true);
    }

    static Publisher ofCentrifugo(URI url, String key) {
        return new Publisher(url.getPort(), "X-API-Key: " + key, false);
    }

    /** Publishes on one connection until this time; returns the number of messages that were answered as published. */
    long publish(int connection, int batch, long end) throws IOException {
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            requests.add(batch == 1 ? single(prefix + (connection + i) % TOPICS) : batch(batch));
        }
        long published = 0;
        try (Connection one = new Connection(port)) {
            for (int i = 0; System.nanoTime() < end; i++) {
                String body = one.ask(requests.get(i % TOPICS));
                published += batch == 1 ? 1 : count(body, own ? "\"status\":200" : "\"publish\":{");
            }
        }
        return published;
    }

    private byte[] single(String topic) {
        return own
                ? request("POST", "/api/topics/" + topic + "/messages", MESSAGE)
                : request("POST", "/api/publish", "{\"channel\":\"" + topic + "\",\"data\":" + MESSAGE + "}");
    }

    private byte[] batch(int size) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String topic = prefix + i % TOPICS;
            entries.add(
                    own
                            ? "{\"topic\":\"" + topic + "\",\"message\":" + MESSAGE + "}"
                            : "{\"publish\":{\"channel\":\"" + topic + "\",\"data\":" + MESSAGE + "}}");
        }
        String all = "[" + String.join(",", entries) + "]";
        return own
                ? request("POST", "/api/messages", all)
                : request("POST", "/api/batch", "{\"commands\":" + all + "}");
    }

    /** The number of messages in the histories; -1 if it is unknown. */
    long kept() throws IOException {
        if (!own) {
            return -1;
        }
        long kept = 0;
        try (Connection one = new Connection(port)) {
            for (int i = 0; i < TOPICS; i++) {
                String body = one.ask(request("GET", "/api/topics/" + prefix + i + "/messages?limit=1", ""));
                Matcher position = Pattern.compile("\"position\":\"[^\"]*-(\\d+)\",\"complete\"")
                        .matcher(body);
                if (!position.find()) {
                    throw new IOException("no position in " + body);
                }
                kept += Long.parseLong(position.group(1));
            }
        }
        return kept;
    }

    private byte[] request(String method, String path, String body) {
        return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.getBytes(UTF_8).length
                        + "\r\n\r\n"
                        + body)
                .getBytes(UTF_8);
    }

    private static int count(String text, String what) {
        int count = 0;
        for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length())) {
            count++;
        }
        return count;
    }

    private static final class Connection implements AutoCloseable {
        private static final int LINE = 8 << 10;

        private final Socket socket;
        private final InputStream in;

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
        }

        String ask(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            String status = line();
            int length = 0;
            boolean chunked = false;
            for (String line = line(); !line.isEmpty(); line = line()) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(lower.substring(15).strip());
                }
                chunked |= lower.startsWith("transfer-encoding:");
            }
            String body = chunked ? chunks() : new String(in.readNBytes(length), UTF_8);
            if (!status.contains(" 200 ")) {
                throw new IOException(status + ": " + body);
            }
            return body;
        }

        private String chunks() throws IOException {
            StringBuilder body = new StringBuilder();
            while (true) {
                int size = Integer.parseInt(line(), 16);
                body.append(new String(in.readNBytes(size), UTF_8));
                String unused = line();
                if (size == 0) {
                    return body.append(unused).toString();
                }
            }
        }

        private String line() throws IOException {
            byte[] line = new byte[LINE];
            int size = 0;
            while (true) {
                int next = in.read();
                if (next < 0 || size == LINE) {
                    throw new EOFException("the connection has ended");
                }
                if (next == '\n') {
                    return new String(line, 0, Math.max(0, size - 1), US_ASCII);
                }
                line[size++] = (byte) next;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
