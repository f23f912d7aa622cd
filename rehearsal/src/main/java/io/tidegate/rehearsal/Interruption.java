package io.tidegate.rehearsal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGINT and SIGTERM: the first ends a run early, so that it can still say what came of it; a second ends the process at
 * once. By reflection, since javac warns of every mention of {@code sun.misc.Signal}.
 */
final class Interruption implements AutoCloseable {
    private static final int KILLED_BY_INT = 128 + 2;

    private final Class<?> signal = Class.forName("sun.misc.Signal");
    private final Class<?> handler = Class.forName("sun.misc.SignalHandler");
    private final Map<Object, Object> before = new HashMap<>();

    /**
     * From now on, until it is closed.
     *
     * @param end is run by the first signal, on a thread of the JVM
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

    /** The signals do what they did before. */
    @Override
    public void close() throws ReflectiveOperationException {
        for (Map.Entry<Object, Object> one : before.entrySet()) {
            handle(one.getKey(), one.getValue());
        }
    }
}
