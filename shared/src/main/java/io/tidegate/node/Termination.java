package io.tidegate.node;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Handles SIGTERM, SIGINT and SIGHUP: the first signal ends the node in order, with exit code 0; a second ends the
 * process at once.
 *
 * <p>A JVM shutdown hook can do neither: with a hook the exit code of SIGTERM is 143, and while hooks run a second signal
 * is ignored. {@code sun.misc.Signal} (module jdk.unsupported) is the JDK's only way to handle a signal. It is called by
 * reflection, because javac warns of every use and the warning cannot be suppressed.
 */
public final class Termination {
    private static final int KILLED_BY_TERM = 128 + 15;

    private Termination() {}

    /**
     * Handles these signals. A signal that is ignored, such as SIGHUP under nohup, stays ignored.
     *
     * @param end leaves the process with {@code System.exit} when it is done; runs on a separate thread
     * @throws ReflectiveOperationException where this JVM has no such class
     */
    public static void onSignal(Runnable end) throws ReflectiveOperationException {
        AtomicBoolean ending = new AtomicBoolean();
        for (String name : List.of("TERM", "INT", "HUP")) {
            handle(name, () -> {
                if (ending.compareAndSet(false, true)) {
                    // The JVM calls handlers on daemon threads, and a thread that they start would also be a daemon.
                    // The process would then end with the listeners' threads, before the rest is closed.
                    Thread.ofPlatform()
                            .name("tidegate-termination")
                            .daemon(false)
                            .start(end);
                } else {
                    Runtime.getRuntime().halt(KILLED_BY_TERM);
                }
            });
        }
    }

    private static void handle(String name, Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler run = (proxy, method, arguments) -> {
            action.run();
            return null;
        };
        signal.getMethod("handle", signal, handler)
                .invoke(
                        null,
                        signal.getConstructor(String.class).newInstance(name),
                        Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run));
    }
}
