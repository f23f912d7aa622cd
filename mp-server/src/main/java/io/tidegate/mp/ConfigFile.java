package io.tidegate.mp;

import io.helidon.config.yaml.mp.YamlMpConfigSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;

/** The {@code application.yaml} of the working directory. Helidon MP searches only the class path for it. */
public final class ConfigFile implements ConfigSourceProvider {
    private final Path file;

    /** Found by Java's service loader. */
    public ConfigFile() {
        this(Path.of("application.yaml"));
    }

    ConfigFile(Path file) {
        this.file = file;
    }

    @Override
    public List<ConfigSource> getConfigSources(ClassLoader loader) {
        return Files.isReadable(file) ? List.of(YamlMpConfigSource.create(file)) : List.of();
    }
}
