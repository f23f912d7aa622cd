package io.tidegate.testing;

import io.tidegate.hub.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A socket in memory: keeps what is written, and blocks, like a peer that does not read, when it is told to. */
public final class FakeTransport implements Transport {
    private final List<byte[]> writes = new ArrayList<>();
    private final List<Consumer<@Nullable Exception>> waiting = new ArrayList<>();
    private boolean blocked;

    /** Bytes that a blocked peer still takes. */
    private int room;

    private long restTaken;
    private boolean aborted;

    @Override
    public synchronized int writeNow(byte[] bytes) {
        int taken = aborted ? 0 : !blocked ? bytes.length : Math.min(room, bytes.length);
        room -= Math.min(room, taken);
        if (taken > 0) {
            writes.add(taken == bytes.length ? bytes : Arrays.copyOf(bytes, taken));
        }
        return taken;
    }

    @Override
    public void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done) {
        synchronized (this) {
            writes.add(Arrays.copyOfRange(bytes, from, bytes.length));
            if (blocked && !aborted) {
                waiting.add(done);
                return;
            }
        }
        done.accept(aborted() ? new IOException("aborted") : null);
    }

    @Override
    public synchronized long restTaken() {
        return restTaken;
    }

    /** The peer takes a byte of what waits. */
    public synchronized void takeOne() {
        restTaken++;
    }

    @Override
    public void abort() {
        release(true);
    }

    private void release(boolean abort) {
        List<Consumer<@Nullable Exception>> released;
        synchronized (this) {
            aborted |= abort;
            blocked = false;
            released = List.copyOf(waiting);
            waiting.clear();
        }
        released.forEach(done -> done.accept(abort ? new IOException("aborted") : null));
    }

    /** From now on nothing is taken at once, and the rest of a write is not done. */
    public void block() {
        block(0);
    }

    /** The same, once so many more bytes are taken. */
    public synchronized void block(int bytes) {
        room = bytes;
        blocked = true;
    }

    /** What was written is taken now, and all that follows. */
    public void unblock() {
        release(false);
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
