package io.tidegate.mp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.settings.Secret;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSettingsTest {

    @Test
    void theHighestOrdinalWinsWhateverTheSpelling() {
        Settings settings = read(
                source(100, Map.of("tidegate.port", "1", "tidegate.limits.perip", "1", "tidegate.node", "file")),
                source(300, Map.of("TIDEGATE_PORT", "2", "TIDEGATE_LIMITS_PERIP", "2")),
                source(400, Map.of("tidegate.port", "3")));
        assertEquals(3, settings.server().port());
        assertEquals(2, settings.limits().perIp());
        assertEquals("file", settings.server().node());
    }

    @Test
    void theNamesOfMicroProfileJwtCountWhereOursAreNotSet() {
        Map<String, String> theirs = Map.of(
                "mp.jwt.verify.publickey.location", "https://login.example.com/keys",
                "mp.jwt.verify.issuer", "https://login.example.com/",
                "mp.jwt.verify.audiences", "chat,game");
        Settings.Auth auth = read(source(100, theirs)).auth();
        assertEquals(Optional.of("https://login.example.com/keys"), auth.jwks());
        assertEquals(Optional.of("https://login.example.com/"), auth.issuer());
        assertEquals(List.of("chat", "game"), auth.audience());
        Settings.Auth ours = read(source(100, theirs), source(50, Map.of("tidegate.auth.audience", "tidegate")))
                .auth();
        assertEquals(List.of("tidegate"), ours.audience());
    }

    @Test
    void anUnknownKeyIsAnErrorWhereverItStands() {
        SettingsException refused = assertThrows(
                SettingsException.class,
                () -> read(
                        source(100, Map.of("tidegate.prot", "1")),
                        source(300, Map.of("TIDEGATE_HEARTBEET", "1s")),
                        source(500, Map.of("tidegate.limits.message", "huge", "other.key", "1"))));
        assertEquals(3, refused.errors().size(), refused::getMessage);
        assertTrue(refused.errors().get(0).startsWith("tidegate.limits.message = \"huge\": must be"));
        assertTrue(refused.errors().get(1).contains("did you mean tidegate.heartbeat?"));
        assertTrue(refused.errors().get(2).contains("did you mean tidegate.port?"));
    }

    @Test
    void anEmptyValueLiftsWhatALowerSourceSays() {
        Settings settings = read(
                source(100, Map.of("tidegate.relay.url", "redis://localhost")),
                source(400, Map.of("tidegate.relay.url", "")));
        assertTrue(settings.relay().inProcess());
    }

    @Test
    void anExpressionIsReplacedAndWhatOnlyLooksLikeOneStays() {
        Settings settings = read(source(
                100,
                Map.of(
                        "tidegate.node", "${where}-7",
                        "where", "pod",
                        "tidegate.relay.url", "redis://localhost",
                        "tidegate.relay.password", "pa${ss")));
        assertEquals("pod-7", settings.server().node());
        assertEquals(Optional.of(new Secret("pa${ss")), settings.relay().password());
    }

    @Test
    void theFileOfTheWorkingDirectoryIsReadWhereThereIsOne(@TempDir Path directory) throws IOException {
        ClassLoader loader = getClass().getClassLoader();
        Path file = directory.resolve("application.yaml");
        assertEquals(List.of(), new ConfigFile(file).getConfigSources(loader));
        Files.writeString(file, "tidegate:\n  drain:\n    window: 7s\n  origins: \"https://a.example\"\n");
        Settings settings = read(new ConfigFile(file).getConfigSources(loader).toArray(ConfigSource[]::new));
        assertEquals(Duration.ofSeconds(7), settings.drain().window());
        assertFalse(settings.peers().origins().allows("https://b.example"));
    }

    private static Settings read(ConfigSource... sources) {
        return ServerSettings.read(ConfigProviderResolver.instance()
                .getBuilder()
                .withSources(sources)
                .build());
    }

    private static ConfigSource source(int ordinal, Map<String, String> values) {
        return new ConfigSource() {
            @Override
            public int getOrdinal() {
                return ordinal;
            }

            @Override
            public Map<String, String> getProperties() {
                return values;
            }

            @Override
            public Set<String> getPropertyNames() {
                return values.keySet();
            }

            @Override
            public @Nullable String getValue(String name) {
                return values.get(name);
            }

            @Override
            public String getName() {
                return "at " + ordinal;
            }
        };
    }
}
