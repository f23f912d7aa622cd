package io.tidegate.helidon;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/**
 * Gives the management listener platform threads, one for each of its connections, so that what operators ask needs none
 * of the carriers that all virtual threads share. Helidon 4.2.6 accepts on a platform thread of the listener's own, but
 * has no setting for who reads then; so its private field {@code ServerListener.readerExecutor} is set once the server
 * has started. Where that fails, the server says so in one line, and management shares the carriers as before.
 *
 * <p>The number of threads is bounded by the listener's {@code max-tcp-connections}.
 */
final class ManagementThreads implements HttpService {
    private static final System.Logger LOG = System.getLogger(ManagementThreads.class.getName());
    private static final String PACKAGE = "io.helidon.webserver.";

    private final String listener;

    /**
     * For one listener; takes effect where this is registered in its routing.
     *
     * @param listener its name
     */
    ManagementThreads(String listener) {
        this.listener = listener;
    }

    @Override
    public void routing(HttpRules rules) {}

    @Override
    public void afterStart(WebServer server) {
        ThreadFactory threads =
                Thread.ofPlatform().daemon().name("tidegate-management-", 0).factory();
        try {
            Map<?, ?> listeners = (Map<?, ?>) field("LoomServer", "listeners").get(server);
            field("ServerListener", "readerExecutor").set(listeners.get(listener), executor(threads));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Busy clients can delay the management port, which has no threads of its own: {0}",
                    e.toString());
        }
    }

    private static Object executor(ThreadFactory threads) throws ReflectiveOperationException {
        Method create =
                Class.forName(PACKAGE + "ThreadPerTaskExecutor").getDeclaredMethod("create", ThreadFactory.class);
        create.setAccessible(true);
        return create.invoke(null, threads);
    }

    private static Field field(String type, String name) throws ReflectiveOperationException {
        Field field = Class.forName(PACKAGE + type).getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
