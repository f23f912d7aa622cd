package io.tidegate.mp;

import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** The settings as MicroProfile Config finds them: every source that it has, by its ordinal. */
final class ServerSettings {
    private static final String PREFIX = "tidegate.";

    /** Names of MicroProfile JWT 2.1, section 9, that count where the project's own keys are not set. */
    private static final Map<String, String> MICROPROFILE_JWT = Map.of(
            "mp.jwt.verify.publickey.location", "tidegate.auth.jwks",
            "mp.jwt.verify.issuer", "tidegate.auth.issuer",
            "mp.jwt.verify.audiences", "tidegate.auth.audience");

    private ServerSettings() {}

    /**
     * Reads them.
     *
     * @throws io.tidegate.settings.SettingsException where something is wrong with them, with all of it
     */
    static Settings read(Config config) {
        Map<String, String> values = new HashMap<>();
        for (ConfigSource source : config.getConfigSources()) {
            // The highest ordinal comes first, and what it says stays.
            named(source).forEach(values::putIfAbsent);
        }
        values.replaceAll((name, value) -> expanded(config, name, value));
        MICROPROFILE_JWT.forEach((name, key) ->
                config.getOptionalValue(name, String.class).ifPresent(value -> values.putIfAbsent(key, value)));
        return SettingsReader.read(values, System.getenv());
    }

    /** What a source says by name or, in the manner of the environment, by a variable. */
    private static Map<String, String> named(ConfigSource source) {
        Map<String, String> values = new HashMap<>(SettingsReader.fromEnvironment(source.getProperties()));
        for (String name : source.getPropertyNames()) {
            String value = source.getValue(name);
            if (name.startsWith(PREFIX) && value != null) {
                values.put(name, value);
            }
        }
        return values;
    }

    /**
     * A value whose expressions, as in <code>${NAME}</code>, are replaced. Others are taken as they stand: to
     * MicroProfile an empty one is none at all, while here it may lift what a lower source says.
     */
    private static String expanded(Config config, String name, String value) {
        if (!value.contains("${")) {
            return value;
        }
        try {
            return config.getOptionalValue(name, String.class).orElse(value);
        } catch (NoSuchElementException e) {
            // It names nothing, so it may not be meant as one: a password may look like that.
            return value;
        }
    }
}
