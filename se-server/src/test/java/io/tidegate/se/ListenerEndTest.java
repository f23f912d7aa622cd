package io.tidegate.se;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.node.CannotListenException;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.RawClient;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** In the test's own process, since nothing outside of a server can end one of its listeners. */
class ListenerEndTest {

    @Test
    void aListenerThatHasEndedFailsLivenessAndIsNamed()
            throws CannotListenException, ReflectiveOperationException, IOException {
        SeServer server = new SeServer(
                SettingsReader.read(Map.of("tidegate.port", "0", "tidegate.management.port", "0"), Map.of()));
        server.start();
        assertEquals(200, live(server).status());

        socket(server).close();

        RawClient.Response ended = live(server);
        assertEquals(503, ended.status());
        assertTrue(ended.body().contains("\"reason\":\"does not accept: websocket\""), ended::body);
        // Not closed: Helidon waits for ever for a listener that has ended by itself.
    }

    private static RawClient.Response live(SeServer server) {
        try (RawClient client = new RawClient(server.managementPort())) {
            return client.request(List.of("GET /health/live HTTP/1.1", "Host: localhost"));
        }
    }

    /** Of the WebSockets. */
    private static ServerSocket socket(SeServer server) throws ReflectiveOperationException {
        Object helidon = value(SeServer.class, "server", server);
        Map<?, ?> listeners = (Map<?, ?>) value(helidon.getClass(), "listeners", helidon);
        Object listener = Objects.requireNonNull(listeners.get("@default"));
        return (ServerSocket) value(listener.getClass(), "serverSocket", listener);
    }

    private static Object value(Class<?> type, String name, Object owner) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
