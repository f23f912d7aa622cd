package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.webserver.ConnectionContext;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.ServerFrames;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract tests cannot bring about: an endpoint that fails. */
class WebSocketConnectionTest {
    private static final int MAX_MESSAGE = 1000;

    private final HubFixture fixture = new HubFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anEndpointThatThrowsBeforeItOpensTheQueueIsClosedWith1011() throws InterruptedException {
        assertClosedWith1011(new IllegalStateException("an endpoint of somebody's"));
    }

    @Test
    void anErrorIsNoOtherThanAnException() throws InterruptedException {
        assertClosedWith1011(new AssertionError("an endpoint of somebody's"));
    }

    private void assertClosedWith1011(Throwable thrown) throws InterruptedException {
        HubFixture.Client client = fixture.shakeHands(Wire.BROADCAST, Topic.BROADCAST);
        List<Integer> ends = new ArrayList<>();
        WebSocketConnection connection = new WebSocketConnection(
                unused(),
                client.transport(),
                client.connection(),
                failing(thrown, ends),
                () -> {},
                new WebSocketConnection.Reading(MAX_MESSAGE, Optional.empty()));

        connection.handle(FixedLimit.create());

        List<ServerFrames.Frame> frames = client.transport().frames();
        assertEquals(1, frames.size(), frames::toString);
        assertEquals(1011, frames.getFirst().closeCode());
        assertEquals(List.of(1006), ends);
        assertTrue(client.transport().aborted());
        assertEquals(0, fixture.hub.admission().open());
    }

    private static Endpoint failing(Throwable thrown, List<Integer> ends) {
        return new Endpoint() {
            @Override
            public void opened() {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }

            @Override
            public void receive(Message message) {
                throw new AssertionError("nothing has come");
            }

            @Override
            public void ended(int code) {
                ends.add(code);
            }
        };
    }

    /** Nothing is read of a connection that does not open. */
    private static ConnectionContext unused() {
        return (ConnectionContext) Proxy.newProxyInstance(
                ConnectionContext.class.getClassLoader(),
                new Class<?>[] {ConnectionContext.class},
                (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
    }
}
