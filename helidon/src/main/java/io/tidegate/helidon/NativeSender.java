package io.tidegate.helidon;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import java.io.FileDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.net.Socket;
import java.net.SocketImpl;
import org.jspecify.annotations.Nullable;

/**
 * Sends on a socket what it takes at once, which {@link Socket} cannot: {@code send(2)} with {@code MSG_DONTWAIT}, called
 * with the socket's own descriptor. Besides not waiting it looks at one object of a connection where the JDK looks at
 * seven, which is what a delivery to many connections costs.
 *
 * <p>The descriptor is private to the JDK: the manifest of a server opens {@code java.base/java.net} and {@code
 * java.base/java.io} to it, and enables native access. Where that is missing, and anywhere but on Linux, whose numbers the
 * flags below are, there are no descriptors, and sockets have to be written to as Java knows how: by a thread that waits.
 *
 * <p>Each write loop's thread has one of its own.
 */
final class NativeSender {
    /** A socket whose descriptor is not known, or may be another's by now. */
    static final int NO_DESCRIPTOR = -1;

    /** MSG_DONTWAIT and MSG_NOSIGNAL, on Linux. */
    private static final int FLAGS = 0x40 | 0x4000;

    /** Bytes that leave in one call at most: more than a round of the fan-out makes. */
    private static final int BUFFER = 128 << 10;

    // Constants of their own, so that the compiler sees through them.
    private static final @Nullable MethodHandle DESCRIPTOR;
    private static final @Nullable MethodHandle SEND;
    private static final String PROBLEM;

    static {
        MethodHandle descriptor = null;
        MethodHandle send = null;
        String problem = "";
        try {
            requireLinux();
            descriptor = findDescriptor();
            send = findSend();
        } catch (ReflectiveOperationException | RuntimeException e) {
            problem = e.toString();
        }
        DESCRIPTOR = send == null ? null : descriptor;
        SEND = send;
        PROBLEM = problem;
    }

    private static final ThreadLocal<NativeSender> OF_THREAD = ThreadLocal.withInitial(NativeSender::new);

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);

    /** What the buffer holds: a batch goes to all of its subscribers in turn. */
    private byte[] copied = {};

    private NativeSender() {}

    /** That of this thread, which alone may use it. */
    static NativeSender ofThread() {
        return OF_THREAD.get();
    }

    /** Why there are no descriptors, in words; empty where there are. */
    static String problem() {
        return PROBLEM;
    }

    /** The descriptor of an open socket, or {@link #NO_DESCRIPTOR}; valid until somebody closes the socket. */
    static int descriptor(HelidonSocket socket) {
        // Not a subclass either: what TLS adds lies above the descriptor.
        if (DESCRIPTOR == null || socket.getClass() != PlainSocket.class) {
            return NO_DESCRIPTOR;
        }
        try {
            return (int) DESCRIPTOR.invokeExact((PlainSocket) socket);
        } catch (Throwable e) {
            throw new IllegalStateException("no getter of a field fails", e);
        }
    }

    /**
     * Sends as much as the socket takes now.
     *
     * @param descriptor of a socket that nobody closes meanwhile
     * @return the number of bytes that were taken; 0 where none were, whatever the reason
     */
    int send(int descriptor, byte[] bytes) {
        if (SEND == null) {
            return 0;
        }
        int length = Math.min(bytes.length, BUFFER);
        if (copied != bytes) {
            MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, length);
            copied = bytes;
        }
        try {
            return (int) Math.max(0, (long) SEND.invokeExact(descriptor, buffer, (long) length, FLAGS));
        } catch (Throwable e) {
            throw new IllegalStateException("no native call fails in Java", e);
        }
    }

    private static void requireLinux() {
        String system = System.getProperty("os.name");
        if (!system.equals("Linux")) {
            throw new UnsupportedOperationException("this is " + system + ", not Linux");
        }
    }

    /** PlainSocket.delegate.impl.getFileDescriptor().fd */
    private static MethodHandle findDescriptor() throws ReflectiveOperationException {
        Lookup helidon = MethodHandles.privateLookupIn(PlainSocket.class, MethodHandles.lookup());
        Lookup net = MethodHandles.privateLookupIn(Socket.class, MethodHandles.lookup());
        Lookup io = MethodHandles.privateLookupIn(FileDescriptor.class, MethodHandles.lookup());
        MethodHandle socket = helidon.findGetter(PlainSocket.class, "delegate", Socket.class);
        MethodHandle impl = net.findGetter(Socket.class, "impl", SocketImpl.class);
        MethodHandle descriptor =
                net.findVirtual(SocketImpl.class, "getFileDescriptor", MethodType.methodType(FileDescriptor.class));
        MethodHandle number = io.findGetter(FileDescriptor.class, "fd", int.class);
        return MethodHandles.filterReturnValue(
                MethodHandles.filterReturnValue(MethodHandles.filterReturnValue(socket, impl), descriptor), number);
    }

    @SuppressWarnings("restricted") // the manifest enables native access
    private static MethodHandle findSend() {
        Linker linker = Linker.nativeLinker();
        // ssize_t send(int, const void *, size_t, int), where both sizes have 64 bits.
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("send"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));
    }
}
