package io.tidegate.rehearsal.load;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Handles SIGINT and SIGTERM: the first signal ends a run early, so that the run can still report its result; a second
 * ends the process at once. Uses reflection, because javac warns of every use of {@code sun.misc.Signal}.
 */
final class Interruption implements AutoCloseable {
    private static final int KILLED_BY_INT = 128 + 2;

    private final Class<?> signal = Class.forName("sun.misc.Signal");
    private final Class<?> handler = Class.forName("sun.misc.SignalHandler");
    private final Map<Object, Object> before = new HashMap<>();

    /**
     * Handles the signals from now on, until it is closed.
     *
     * @param end is run at the first signal, on a thread of the JVM
     * @throws ReflectiveOperationException where this JVM has no such class
     */
    Interruption(Runnable end) throws ReflectiveOperationException {
        AtomicBoolean ending = new AtomicBoolean();
        InvocationHandler heard = (proxy, method, arguments) -> {
            if (!ending.compareAndSet(false, true)) {
                Runtime.getRuntime().halt(KILLED_BY_INT);
            }
            end.run();
            return null;
        };
        Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, heard);
        for (String name : List.of("INT", "TERM")) {
            Object one = signal.getConstructor(String.class).newInstance(name);
            before.put(one, handle(one, proxy));
        }
    }

    private Object handle(Object one, Object action) throws ReflectiveOperationException {
        return signal.getMethod("handle", signal, handler).invoke(null, one, action);
    }

    /** Restores the earlier handlers of the signals. */
    @Override
    public void close() throws ReflectiveOperationException {
        for (Map.Entry<Object, Object> one : before.entrySet()) {
            handle(one.getKey(), one.getValue());
        }
    }
}
