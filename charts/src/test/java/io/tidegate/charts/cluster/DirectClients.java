package io.tidegate.charts.cluster;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Clients of one pod each, past the Service, which do not come back. */
final class DirectClients implements AutoCloseable {
    private static final int PORT = 8080;

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger closed = new AtomicInteger();

    /** Connects so many clients to the pod at an address. */
    void connect(String address, int clients) {
        for (int i = 0; i < clients; i++) {
            http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://" + address + ":" + PORT + "/chat?topic=victims"), new Counting())
                    .join();
        }
    }

    /** How many a pod has closed, each of which has to go elsewhere. */
    int closed() {
        return closed.get();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private final class Counting implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.incrementAndGet();
            return null;
        }
    }
}
