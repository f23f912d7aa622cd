package io.tidegate.settings;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The levels of the log.
 *
 * @param level the level of the server's own lines
 * @param named levels by logger; a level also holds for all loggers whose names begin with the logger's name and a dot
 */
public record LogLevels(Level level, Map<String, Level> named) {
    private static final Map<String, Level> LEVELS = Arrays.stream(Level.values())
            .filter(level -> level != Level.ALL)
            .collect(Collectors.toUnmodifiableMap(Enum::name, level -> level));

    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]{0,63}(\\.[A-Za-z_$][\\w$]{0,63}){0,15}");

    static final String ALLOWED = "ERROR, WARNING, INFO, DEBUG, TRACE or OFF, or comma-separated pairs such as"
            + " io.tidegate.hub=DEBUG, or both";

    public LogLevels {
        named = Map.copyOf(named);
    }

    /** Parses the levels; empty where a level or a logger is malformed, or something is named twice. */
    static Optional<LogLevels> parse(String text) {
        Optional<Level> level = Optional.empty();
        Map<String, Level> named = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            String[] pair = part.strip().split("=", -1);
            Level given = LEVELS.get(pair[pair.length - 1]);
            if (given == null || pair.length > 2) {
                return Optional.empty();
            }
            if (pair.length == 1) {
                if (level.isPresent()) {
                    return Optional.empty();
                }
                level = Optional.of(given);
            } else if (!NAME.matcher(pair[0]).matches() || named.put(pair[0], given) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new LogLevels(level.orElse(Level.INFO), named));
    }
}
