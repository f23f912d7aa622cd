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
 * Sends on a socket what the socket takes at once, which {@link Socket} cannot do: it calls {@code send(2)} with {@code
 * MSG_DONTWAIT} and the socket's own descriptor. Also, it reads one object of a connection where the JDK reads seven.
 * Such reads are what a delivery to many connections costs.
 *
 * <p>The descriptor is private to the JDK. The manifest of a server opens {@code java.base/java.net} and {@code
 * java.base/java.io} to this class, and enables native access. Without that, and on other systems than Linux (the flags
 * below have Linux's values), there are no descriptors. Sockets are then written in Java's way, by a thread that waits.
 *
 * <p>Each write loop's thread has its own sender.
 */
final class NativeSender {
    /** Stands for a socket whose descriptor is unknown, or may already belong to another socket. */
    static final int NO_DESCRIPTOR = -1;

    /** MSG_DONTWAIT and MSG_NOSIGNAL, on Linux. */
    private static final int FLAGS = 0x40 | 0x4000;

    /** The most bytes that one call sends: more than a round of the fan-out makes. */
    private static final int BUFFER = 128 << 10;

    // Static final fields, so that the compiler treats them as constants.
    private static final @Nullable MethodHandle SOCKET;
    private static final @Nullable MethodHandle DESCRIPTOR;
    private static final @Nullable MethodHandle SEND;
    private static final String PROBLEM;

    static {
        MethodHandle socket = null;
        MethodHandle descriptor = null;
        MethodHandle send = null;
        String problem = "";
        try {
            requireLinux();
            socket = findSocket();
            descriptor = findDescriptor();
            send = findSend();
        } catch (ReflectiveOperationException | RuntimeException e) {
            problem = e.toString();
        }
        SOCKET = send == null ? null : socket;
        DESCRIPTOR = send == null ? null : descriptor;
        SEND = send;
        PROBLEM = problem;
    }

    private static final ThreadLocal<NativeSender> OF_THREAD = ThreadLocal.withInitial(NativeSender::new);

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);

    /** The batch in the buffer, because a batch is sent to all of its subscribers in turn. */
    private byte[] copied = {};

    private NativeSender() {}

    /** The sender of this thread. Only this thread may use it. */
    static NativeSender ofThread() {
        return OF_THREAD.get();
    }

    /** The reason why there are no descriptors; empty where there are. */
    static String problem() {
        return PROBLEM;
    }

    /** The descriptor of an open socket, or {@link #NO_DESCRIPTOR}. It is valid until the socket is closed. */
    static int descriptor(HelidonSocket socket) {
        if (SOCKET == null || DESCRIPTOR == null) {
            return NO_DESCRIPTOR;
        }
        try {
            if (socket instanceof TakenSocket taken) {
                return (int) DESCRIPTOR.invokeExact(taken.socket());
            }
            // No subclass either, because TLS works above the descriptor.
            return socket.getClass() == PlainSocket.class
                    ? (int) DESCRIPTOR.invokeExact((Socket) SOCKET.invokeExact((PlainSocket) socket))
                    : NO_DESCRIPTOR;
        } catch (Throwable e) {
            throw new IllegalStateException("no getter of a field fails", e);
        }
    }

    /**
     * Sends as much as the socket takes now.
     *
     * @param descriptor of a socket that no thread closes meanwhile
     * @return the number of bytes that were taken; 0 where none were, for any reason
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

    /** PlainSocket.delegate */
    private static MethodHandle findSocket() throws ReflectiveOperationException {
        Lookup helidon = MethodHandles.privateLookupIn(PlainSocket.class, MethodHandles.lookup());
        return helidon.findGetter(PlainSocket.class, "delegate", Socket.class);
    }

    /** Socket.impl.getFileDescriptor().fd */
    private static MethodHandle findDescriptor() throws ReflectiveOperationException {
        Lookup net = MethodHandles.privateLookupIn(Socket.class, MethodHandles.lookup());
        Lookup io = MethodHandles.privateLookupIn(FileDescriptor.class, MethodHandles.lookup());
        MethodHandle impl = net.findGetter(Socket.class, "impl", SocketImpl.class);
        MethodHandle descriptor =
                net.findVirtual(SocketImpl.class, "getFileDescriptor", MethodType.methodType(FileDescriptor.class));
        MethodHandle number = io.findGetter(FileDescriptor.class, "fd", int.class);
        return MethodHandles.filterReturnValue(MethodHandles.filterReturnValue(impl, descriptor), number);
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
