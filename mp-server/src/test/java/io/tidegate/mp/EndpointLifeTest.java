package io.tidegate.mp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.microprofile.server.ServerCdiExtension;
import io.helidon.microprofile.testing.AddConfig;
import io.helidon.microprofile.testing.AddConfigSource;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.tidegate.helidon.Listeners;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.testing.BusyCarriers;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.TestToken;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be seen only inside the container: that the endpoints' methods are called, whatever ends a connection. */
@HelidonTest
@AddConfig(key = "tidegate.auth.secret", value = TestToken.SECRET)
@AddConfig(key = "tidegate.anonymous.subscribe", value = "/,*")
@AddConfig(key = "tidegate.anonymous.publish", value = "/,*")
class EndpointLifeTest {
    private static final Logger LOG = Logger.getLogger(HubEndpoint.class.getName());

    @Inject
    private @Nullable ServerCdiExtension server;

    private final Ends ends = new Ends();

    @AddConfigSource
    static ConfigSource listeners() {
        Map<String, String> anyPort = Map.of("tidegate.port", "0", "tidegate.management.port", "0");
        return new ListenerConfigSource(SettingsReader.read(anyPort, Map.of()));
    }

    @BeforeEach
    void listen() {
        ends.codes.clear();
        ends.users.clear();
        LOG.setLevel(Level.FINE);
        LOG.addHandler(ends);
    }

    @AfterEach
    void listenNoMore() {
        LOG.removeHandler(ends);
        LOG.setLevel(null);
    }

    @ParameterizedTest
    @CsvSource({"/,1000", "/chat,3001"})
    void aCloseFrameEndsTheSessionWithItsCode(String path, int code) {
        try (RawClient client = RawClient.connect(port(), path)) {
            client.send(ClientFrames.close(code, ""));
            client.awaitEnd();
        }
        assertEnds(code);
    }

    @Test
    void theSessionsPrincipalIsTheUserOfTheToken() {
        String token = TestToken.of("ann").with("\"/\"", "").signed();
        try (RawClient client = RawClient.connect(port(), "/?access_token=" + token);
                RawClient other = RawClient.connect(port(), "/")) {
            client.send(ClientFrames.close(1000, ""));
            client.awaitEnd();
            assertEnds(1000);
            assertEquals(List.of("ann"), ends.users);
            other.send(ClientFrames.close(1000, ""));
            other.awaitEnd();
        }
        Await.until("both ended", () -> ends.users.equals(List.of("ann", "null")));
    }

    @Test
    void aPeerThatVanishesEndsTheSession() {
        RawClient client = RawClient.connect(port(), "/");
        client.text("still here");
        assertEquals("still here", client.message());
        client.reset();
        assertEnds(1006);
    }

    @Test
    void aPeerThatBreaksTheProtocolEndsTheSession() {
        try (RawClient client = RawClient.connect(port(), "/")) {
            client.send(ClientFrames.frame(11, new byte[0]).bytes());
            assertEquals(1002, client.closed().closeCode());
        }
        assertEnds(1002);
    }

    @Test
    void theContainerOffersNoOtherWayIn() {
        try (RawClient client = new RawClient(server().port(Listeners.MANAGEMENT))) {
            assertEquals(404, client.handshake("/").status());
        }
    }

    @Test
    void managementIsAnsweredWhileEveryCarrierIsBusy() throws InterruptedException {
        BusyCarriers.assertManagementAnswers(server().port(Listeners.MANAGEMENT));
    }

    private int port() {
        return server().port();
    }

    private ServerCdiExtension server() {
        if (server == null) {
            throw new AssertionError("nothing injected");
        }
        return server;
    }

    private void assertEnds(int code) {
        Await.until("the end of the session", () -> !ends.codes.isEmpty());
        assertEquals(List.of(String.valueOf(code)), ends.codes);
    }

    /** Reads the ends of sessions from the log. */
    private static final class Ends extends Handler {
        private final List<String> codes = new CopyOnWriteArrayList<>();
        private final List<String> users = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            String message = entry.getMessage();
            if (message.contains(" ended with ")) {
                codes.add(message.substring(message.lastIndexOf(' ') + 1));
                users.add(message.replaceAll(".* of (.*) ended with .*", "$1"));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
