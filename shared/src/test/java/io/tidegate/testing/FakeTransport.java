package io.tidegate.testing;

import io.tidegate.hub.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A socket in memory: keeps what is written, and blocks, like a peer that does not read, when it is told to. */
public final class FakeTransport implements Transport {
    private final List<byte[]> writes = new ArrayList<>();
    private CountDownLatch gate = new CountDownLatch(0);

    /** Bytes that a blocked peer still takes. */
    private int room;

    private boolean aborted;

    @Override
    public synchronized int writeNow(byte[] bytes) {
        int taken = aborted ? 0 : gate.getCount() == 0 ? bytes.length : Math.min(room, bytes.length);
        room -= Math.min(room, taken);
        if (taken > 0) {
            writes.add(taken == bytes.length ? bytes : Arrays.copyOf(bytes, taken));
        }
        return taken;
    }

    @Override
    public void write(byte[] bytes, int from) throws IOException {
        CountDownLatch entry;
        synchronized (this) {
            writes.add(Arrays.copyOfRange(bytes, from, bytes.length));
            entry = gate;
            notifyAll();
        }
        try {
            entry.await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        synchronized (this) {
            if (aborted) {
                throw new IOException("aborted");
            }
        }
    }

    @Override
    public synchronized void abort() {
        aborted = true;
        gate.countDown();
        notifyAll();
    }

    /** From now on nothing is taken at once, and a write that waits does not return. */
    public void block() {
        block(0);
    }

    /** The same, once so many more bytes are taken. */
    public synchronized void block(int bytes) {
        room = bytes;
        gate = new CountDownLatch(1);
    }

    /** Lets a blocked write return, and all later ones. */
    public synchronized void unblock() {
        gate.countDown();
    }

    public synchronized boolean aborted() {
        return aborted;
    }

    /** What was handed over, write by write; a blocked write too. */
    public synchronized List<byte[]> writes() {
        return List.copyOf(writes);
    }

    /** All frames so far, in order. */
    public List<ServerFrames.Frame> frames() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        writes().forEach(all::writeBytes);
        return ServerFrames.parse(all.toByteArray());
    }

    /** The text of all data frames so far. */
    public List<String> texts() {
        return frames().stream()
                .filter(frame -> !frame.opcode().isControl())
                .map(ServerFrames.Frame::text)
                .toList();
    }
}
