package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.BufferData;
import io.tidegate.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TakenSocketTest {
    private static final int SMALL = TakenSocket.SMALL;
    private static final int MOST = TakenSocket.MOST;

    private Socket peer;
    private Socket accepted;
    private TakenSocket socket;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            peer = new Socket(server.getInetAddress(), server.getLocalPort());
            peer.setTcpNoDelay(true);
            accepted = server.accept();
        }
        socket = new TakenSocket(accepted);
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        accepted.close();
    }

    /** What has come is returned whole, also where it does not fit into the small buffer. */
    @ParameterizedTest
    @ValueSource(ints = {1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, MOST - 1, MOST})
    void whatHasComeIsReturnedAtOnce(int length) throws IOException {
        byte[] bytes = random(length);
        arrive(bytes);
        assertArrayEquals(bytes, socket.get());
    }

    @Test
    void atMostTheLimitIsReturnedAtOnceAndTheRestAfterIt() throws IOException {
        byte[] bytes = random(MOST + 1);
        arrive(bytes);
        assertEquals(MOST, Objects.requireNonNull(socket.get()).length);
        assertArrayEquals(new byte[] {bytes[MOST]}, socket.get());
    }

    /** Each piece is awaited, so the cuts are where the sender made them. */
    @Test
    void piecesOfAnySizeGiveTheSameBytes() throws IOException {
        Random random = new Random(1);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int i = 0; i < 300; i++) {
            byte[] piece = random(1 + random.nextInt(random.nextBoolean() ? 2 * SMALL : MOST));
            arrive(piece);
            sent.write(piece);
            got.write(Objects.requireNonNull(socket.get()));
        }
        assertArrayEquals(sent.toByteArray(), got.toByteArray());
    }

    /** The array is not the buffer, which the next read changes. */
    @Test
    void aResultDoesNotChangeLater() throws IOException {
        byte[] first = random(10);
        arrive(first);
        byte[] result = Objects.requireNonNull(socket.get());
        arrive(new byte[10]);
        socket.get();
        assertArrayEquals(first, result);
    }

    /** RFC 9293, section 3.6: a peer that ends its half still reads. */
    @Test
    void afterTheLastBytesComesTheEndAndThePeerIsStillWrittenTo() throws IOException {
        byte[] bytes = random(SMALL);
        arrive(bytes);
        peer.shutdownOutput();
        assertArrayEquals(bytes, socket.get());
        assertNull(socket.get());
        assertNull(socket.get());
        socket.write(BufferData.create(bytes));
        assertArrayEquals(bytes, peer.getInputStream().readNBytes(SMALL));
    }

    @Test
    void aResetIsAnError() throws IOException {
        peer.setSoLinger(true, 0);
        peer.close();
        assertThrows(UncheckedIOException.class, socket::get);
    }

    @Test
    void aReadThatWaitsEndsWhenAnotherThreadCloses() throws Exception {
        assertWaitingReadEnds(reading -> socket.close());
    }

    /** How a server that ends stops its connections. */
    @Test
    void aReadThatWaitsEndsWhenItsThreadIsInterrupted() throws Exception {
        assertWaitingReadEnds(Thread::interrupt);
        assertTrue(accepted.isClosed());
    }

    private void assertWaitingReadEnds(Consumer<Thread> end) throws Exception {
        FutureTask<Object> read = new FutureTask<>(socket::get);
        Thread reading = Thread.startVirtualThread(read);
        Await.until("it waits", () -> reading.getState() == Thread.State.WAITING);
        end.accept(reading);
        ExecutionException failure = assertThrows(ExecutionException.class, read::get);
        assertInstanceOf(UncheckedIOException.class, failure.getCause());
    }

    /** Sends, and waits until all has come. */
    private void arrive(byte[] bytes) throws IOException {
        peer.getOutputStream().write(bytes);
        Await.until("it has come", () -> available() == bytes.length);
    }

    private int available() {
        try {
            return accepted.getInputStream().available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
