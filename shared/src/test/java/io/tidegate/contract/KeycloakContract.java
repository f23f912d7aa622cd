package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Keycloak;
import io.tidegate.testing.Keycloak.Login;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server whose tokens come from a real identity provider, as docs/security.md sets it up. */
public abstract class KeycloakContract {
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";
    private static final Path REALM = Path.of("..", "examples", "keycloak", "chat-realm.json");

    /** The packaged server. */
    protected abstract Path jar();

    /** Where Keycloak's distribution is unpacked. */
    protected abstract Path home();

    private static Map<String, String> password(String client) {
        return Map.of("client_id", client, "grant_type", "password", "username", "ann", "password", "ann-password");
    }

    private static FullClient connect(ServerProcess server, Login login) {
        assertEquals(200, login.status());
        return FullClient.connect(server.port(), "", FULL, "Authorization: Bearer " + login.accessToken());
    }

    private static Response handshake(ServerProcess server, String token) {
        try (RawClient client = new RawClient(server.port())) {
            return client.handshake("/chat", FULL, "Authorization: Bearer " + token);
        }
    }

    private static void assertMaySubscribe(FullClient client, String topic, String answer) {
        client.says("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\"}");
        assertEquals(topic, client.expect(answer).field("topic"));
    }

    @Test
    void aRealmsUsersComeInWithWhatTheirTokensAllow() {
        try (Keycloak keycloak = Keycloak.start(home(), REALM);
                ServerProcess server = ServerProcess.start(
                        jar(),
                        Map.of(
                                "tidegate.auth.jwks", keycloak.keys(),
                                "tidegate.auth.issuer", keycloak.issuer(),
                                "tidegate.auth.audience", "tidegate"))) {
            Login ann = keycloak.login("chat", password("with-claim"));
            rightsComeFromTheClaimOrFromScopes(keycloak, server, ann);
            aTokenWithoutAnAudienceIsRefused(keycloak, server);
            aRefreshedTokenRenewsTheConnection(keycloak, server, ann);
            aRotatedKeyIsKnownWithItsFirstToken(keycloak, server, ann);
            aUserWhoIsDisabledGetsNoNewToken(keycloak, server, ann);
        }
    }

    private static void rightsComeFromTheClaimOrFromScopes(Keycloak keycloak, ServerProcess server, Login ann) {
        try (FullClient claimed = connect(server, ann)) {
            assertMaySubscribe(claimed, "news.today", "subscribed");
            assertMaySubscribe(claimed, "sport.today", "error");
            claimed.publish("chat", "hi", "1");
            assertEquals("1", claimed.expect("ack").field("id"));
        }
        Map<String, String> form = new HashMap<>(password("with-scopes"));
        form.put("scope", "tidegate:subscribe:sport.*");
        try (FullClient scoped = connect(server, keycloak.login("chat", form))) {
            assertMaySubscribe(scoped, "sport.today", "subscribed");
            assertMaySubscribe(scoped, "news.today", "error");
        }
    }

    private static void aTokenWithoutAnAudienceIsRefused(Keycloak keycloak, ServerProcess server) {
        Response refused = handshake(server, keycloak.admin().accessToken());
        assertEquals(401, refused.status());
        assertTrue(refused.header("WWW-Authenticate").contains("invalid_token"));
        Login ofTheRealm = keycloak.login("chat", password("admin-cli"));
        assertEquals(401, handshake(server, ofTheRealm.accessToken()).status());
    }

    private static void aRefreshedTokenRenewsTheConnection(Keycloak keycloak, ServerProcess server, Login ann) {
        try (FullClient client = connect(server, ann)) {
            Login again = refresh(keycloak, ann);
            assertEquals(200, again.status());
            assertNotEquals(ann.accessToken(), again.accessToken());
            client.says("{\"type\":\"token\",\"token\":\"" + again.accessToken() + "\"}");
            assertTrue(Long.parseLong(client.expect("token").field("expiresInMs")) > 200_000);
        }
    }

    private static Login refresh(Keycloak keycloak, Login login) {
        return keycloak.login(
                "chat",
                Map.of(
                        "client_id", "with-claim",
                        "grant_type", "refresh_token",
                        "refresh_token", login.refreshToken()));
    }

    private static void aRotatedKeyIsKnownWithItsFirstToken(Keycloak keycloak, ServerProcess server, Login before) {
        keycloak.rotateKeys();
        Login after = keycloak.login("chat", password("with-claim"));
        assertNotEquals(header(before), header(after), "another key");
        long start = System.nanoTime();
        connect(server, after).close();
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 1_000, () -> millis + " ms");
        connect(server, before).close();
    }

    private static String header(Login login) {
        return login.accessToken().substring(0, login.accessToken().indexOf('.'));
    }

    private static void aUserWhoIsDisabledGetsNoNewToken(Keycloak keycloak, ServerProcess server, Login ann) {
        connect(server, ann).close();
        keycloak.disable("ann");
        assertEquals(400, refresh(keycloak, ann).status());
        assertEquals(400, keycloak.login("chat", password("with-claim")).status());
        // Until it ends, the old token counts: a signature cannot be called back.
        connect(server, ann).close();
    }
}
