package io.tidegate.workload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client that listens to a topic and reads far too slowly. It uses a plain socket, because every library reads ahead.
 * It reconnects whenever it is closed. On its own virtual thread.
 */
final class SlowReader {
    private static final int RECEIVE_BUFFER = 4 * 1024;
    private static final int BYTES_AT_ONCE = 256;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int CONNECT_MILLIS = 10_000;

    private final int index;
    private final Shared shared;
    private @Nullable Thread thread;

    SlowReader(int index, Shared shared) {
        this.index = index;
        this.shared = shared;
    }

    void start() {
        thread = Thread.ofVirtual().name("slow reader " + index).start(this::readSlowly);
    }

    void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void readSlowly() {
        String topic = shared.profile().topics().of(index, 0);
        try {
            for (int turn = index; ; turn++) {
                URI address = shared.profile().address(turn, "/chat?topic=" + topic);
                try (Socket socket = new Socket()) {
                    socket.setReceiveBufferSize(RECEIVE_BUFFER);
                    socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MILLIS);
                    socket.getOutputStream().write(upgrade(address).getBytes(US_ASCII));
                    InputStream in = socket.getInputStream();
                    while (in.readNBytes(BYTES_AT_ONCE).length > 0) {
                        Thread.sleep(PAUSE);
                    }
                    shared.tally().closed(Service.NO_CODE);
                } catch (IOException e) {
                    shared.tally().closed(Service.NO_CODE);
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            // The reader was closed.
        }
    }

    private static String upgrade(URI address) {
        return "GET " + address.getRawPath() + "?" + address.getRawQuery() + " HTTP/1.1\r\nHost: "
                + address.getRawAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }
}
