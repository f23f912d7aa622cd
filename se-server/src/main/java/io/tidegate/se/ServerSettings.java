package io.tidegate.se;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings from Helidon SE: {@code application.yaml} (in the working directory, then on the class path), overridden
 * by the environment, overridden by system properties.
 */
final class ServerSettings {
    private static final String ROOT = "tidegate";
    private static final String FILE = "application.yaml";

    private ServerSettings() {}

    /**
     * Reads the settings.
     *
     * @throws io.tidegate.settings.SettingsException where settings are wrong; it names all of them
     */
    static Settings read() {
        // Helidon guesses the keys of environment variables. This server's rule is exact: every underscore is a dot.
        Config files = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .addSource(ConfigSources.file(FILE).optional())
                .addSource(ConfigSources.classpath(FILE).optional())
                .build();
        Map<String, String> values = new HashMap<>(files.get(ROOT).asMap().orElse(Map.of()));
        values.putAll(SettingsReader.fromEnvironment(System.getenv()));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(ROOT + "."))
                .forEach(name -> values.put(name, System.getProperty(name)));
        return SettingsReader.read(values, System.getenv());
    }
}
