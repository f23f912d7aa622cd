package io.tidegate.node;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a running fleet works. Two clients connect to one address, and so perhaps to two nodes. One of them sends,
 * and both must receive. They use a separate topic and disturb no other client.
 *
 * <p>{@code helm test} starts this class, because the image has no shell and no other client.
 */
public final class RoundTrip {
    private RoundTrip() {}

    /**
     * Arguments: the address ({@code ws://host:port/path}) and the longest time ({@code 30s}). The exit code is 0, 1 or
     * 2.
     */
    public static void main(String[] args) {
        if (args.length != 2 || !args[0].matches("wss?://.+") || !args[1].matches("[0-9]{1,6}s")) {
            System.err.println("Usage: RoundTrip ws://HOST:PORT[/PATH] SECONDSs");
            System.exit(2);
        }
        Duration atMost = Duration.parse("PT" + args[1]);
        try {
            System.out.println(run(URI.create(args[0]), atMost));
        } catch (FailedException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** There was no answer, or a wrong one; the message says from where. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String message) {
            super(message);
        }
    }

    /** Makes the round trip once, and returns what happened, in one line. */
    static String run(URI server, Duration atMost) throws FailedException {
        String mark = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        URI chat = URI.create(server.toString().replaceFirst("/$", "") + "/chat?topic=round-trip-" + mark);
        Deadline deadline = new Deadline(System.nanoTime(), atMost);
        HttpClient http =
                HttpClient.newBuilder().sslContext(AnyCertificate.context()).build();
        try {
            Receiver first = new Receiver(mark);
            Receiver second = new Receiver(mark);
            String connecting = "connecting to " + server;
            WebSocket sender = deadline.await(http.newWebSocketBuilder().buildAsync(chat, first), connecting);
            deadline.await(http.newWebSocketBuilder().buildAsync(chat, second), connecting);
            deadline.await(sender.sendText("{\"user\":\"round-trip\",\"message\":\"" + mark + "\"}", true), "sending");
            deadline.await(first.received, "waiting for the sender's own message");
            deadline.await(second.received, "waiting for the message at the other client");
        } finally {
            http.shutdownNow();
        }
        return "Round trip through %s: two clients, both received, in %d ms"
                .formatted(server, (System.nanoTime() - deadline.begun) / 1_000_000);
    }

    /** Completes when a message with the mark has come. Fails when the connection ends before that. */
    private static final class Receiver implements WebSocket.Listener {
        private final String mark;
        private final StringBuilder text = new StringBuilder();
        final CompletableFuture<Boolean> received = new CompletableFuture<>();

        Receiver(String mark) {
            this.mark = mark;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                if (text.indexOf(mark) >= 0) {
                    received.complete(true);
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            received.completeExceptionally(new IOException("closed by the server: " + code + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            received.completeExceptionally(error);
        }
    }

    private record Deadline(long begun, Duration atMost) {
        <T> T await(CompletableFuture<T> future, String step) throws FailedException {
            try {
                return future.get(atMost.toNanos() - (System.nanoTime() - begun), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new FailedException("No round trip: still " + step + " after " + atMost.toSeconds() + " s");
            } catch (ExecutionException e) {
                throw new FailedException("No round trip: failed while " + step + ": " + e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FailedException("No round trip: interrupted while " + step);
            }
        }
    }
}
