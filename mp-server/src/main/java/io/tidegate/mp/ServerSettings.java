package io.tidegate.mp;

import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** The settings from MicroProfile Config: from all of its sources, by their ordinals. */
final class ServerSettings {
    private static final String PREFIX = "tidegate.";

    /** Names of MicroProfile JWT 2.1, section 9. They apply where this project's own keys are not set. */
    private static final Map<String, String> MICROPROFILE_JWT = Map.of(
            "mp.jwt.verify.publickey.location", "tidegate.auth.jwks",
            "mp.jwt.verify.issuer", "tidegate.auth.issuer",
            "mp.jwt.verify.audiences", "tidegate.auth.audience");

    private ServerSettings() {}

    /**
     * Reads the settings.
     *
     * @throws io.tidegate.settings.SettingsException where settings are wrong; it names all of them
     */
    static Settings read(Config config) {
        Map<String, String> values = new HashMap<>();
        for (ConfigSource source : config.getConfigSources()) {
            // The source with the highest ordinal comes first, and its values stay.
            named(source).forEach(values::putIfAbsent);
        }
        values.replaceAll((name, value) -> expanded(config, name, value));
        MICROPROFILE_JWT.forEach((name, key) ->
                config.getOptionalValue(name, String.class).ifPresent(value -> values.putIfAbsent(key, value)));
        return SettingsReader.read(values, System.getenv());
    }

    /** The values of a source, by key or by the name of an environment variable. */
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
     * A value with its expressions, as in <code>${NAME}</code>, replaced. Other values are taken unchanged. To
     * MicroProfile an empty value means no value, but here it may override the value of a lower source.
     */
    private static String expanded(Config config, String name, String value) {
        if (!value.contains("${")) {
            return value;
        }
        try {
            return config.getOptionalValue(name, String.class).orElse(value);
        } catch (NoSuchElementException e) {
            // The expression names no key, so the text may not be an expression: a password may look like one.
            return value;
        }
    }
}
