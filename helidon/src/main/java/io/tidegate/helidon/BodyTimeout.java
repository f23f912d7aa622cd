package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.tidegate.api.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Limits what bodies of requests cost: the bytes of all bodies together, and the time of each body.
 *
 * <p>A thread that reads a body cannot be woken without closing its socket. So for a body that does not come, the watch
 * itself writes the answer, and then closes the socket. The thread that removes a body's entry from the map decides, as
 * in {@link HeaderTimeout}.
 */
final class BodyTimeout implements AutoCloseable {
    /** The limit for a whole body. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int KIB = 1 << 10;

    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final Semaphore room =
            new Semaphore((int) Math.min(1 << 20, Runtime.getRuntime().maxMemory() / 8 / KIB));
    private final Map<ConnectionContext, Reading> readings = new ConcurrentHashMap<>();
    private final Thread watch =
            Thread.ofPlatform().daemon().name("tidegate-request-bodies").unstarted(this::watch);

    /**
     * A body that is being read.
     *
     * @param late called where the body has not come in time
     */
    private record Reading(long since, Runnable late) {}

    /** Reads a body. */
    @FunctionalInterface
    interface Read<T> {
        T read() throws IOException;
    }

    BodyTimeout(Duration timeout, LongSupplier nanoTime) {
        this.timeout = timeout;
        this.nanoTime = nanoTime;
    }

    void start() {
        watch.start();
    }

    @Override
    public void close() {
        watch.interrupt();
    }

    /**
     * Reserves room for a body, and waits until there is some.
     *
     * @return false where there was none in time
     */
    boolean reserve(int bytes) throws InterruptedException {
        return room.tryAcquire(kibs(bytes), timeout.toNanos() / 2, TimeUnit.NANOSECONDS);
    }

    void release(int bytes) {
        room.release(kibs(bytes));
    }

    private static int kibs(int bytes) {
        return bytes / KIB + 1;
    }

    /**
     * Reads a body, within the timeout.
     *
     * @param late called from another thread where the body does not come; its connection is then closed
     * @throws IOException where the body is incomplete
     */
    <T> T read(ConnectionContext connection, Runnable late, Read<T> read) throws IOException {
        Reading reading = new Reading(nanoTime.getAsLong(), late);
        readings.put(connection, reading);
        T body = read.read();
        if (!readings.remove(connection, reading)) {
            throw new IOException("the body took longer than " + timeout);
        }
        return body;
    }

    /** The read of a body has failed, so its timeout ends. */
    void failed(ConnectionContext connection) {
        readings.remove(connection);
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, timeout.toNanos() / 20);
            answerOverdue();
        }
    }

    /** Answers and closes the connections whose bodies have been under way for too long. */
    void answerOverdue() {
        long now = nanoTime.getAsLong();
        readings.forEach((connection, reading) -> {
            if (now - reading.since > timeout.toNanos() && readings.remove(connection, reading)) {
                reading.late.run();
                answer(connection);
            }
        });
    }

    private void answer(ConnectionContext connection) {
        Answer answer = Answer.problem(408, "the body took longer than " + timeout.toSeconds() + " s");
        StringBuilder head = new StringBuilder("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: ")
                .append(answer.body().length)
                .append("\r\n");
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        try {
            connection
                    .dataWriter()
                    .writeNow(BufferData.create(head.append("\r\n").toString().getBytes(ISO_8859_1)));
            connection.dataWriter().writeNow(BufferData.create(answer.body()));
            connection.serverSocket().close();
        } catch (UncheckedIOException | CloseConnectionException e) {
            // It is closed already.
        }
    }
}
