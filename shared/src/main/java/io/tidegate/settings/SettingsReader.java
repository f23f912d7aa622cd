package io.tidegate.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes {@link Settings} from a runtime's own configuration, or reports all errors in it at once.
 *
 * <p>Each runtime merges its sources itself (system properties come before the environment, the environment before
 * files). It passes every key that begins with {@code tidegate.}. A key that it does not pass is never reported as
 * unknown.
 */
public final class SettingsReader {
    private static final String PREFIX = "tidegate.";
    private static final String VARIABLE_PREFIX = "TIDEGATE_";

    private SettingsReader() {}

    /**
     * Reads the settings.
     *
     * @param configured values by key; keys that do not begin with {@code tidegate.} are ignored
     * @param environment the environment of the process, for {@code HOSTNAME}
     * @throws SettingsException with all errors: bad values in the order of the documentation, then values that do not
     *     fit together, then unknown keys
     */
    public static Settings read(Map<String, String> configured, Map<String, String> environment) {
        Values values = new Values(configured);
        List<String> errors = new ArrayList<>();
        Keys.ALL.forEach(key -> badValue(key, values).ifPresent(errors::add));
        Relation.ALL.forEach(relation -> relation.error(values).ifPresent(errors::add));
        new TreeMap<>(configured)
                .forEach((name, value) -> unknownKey(name, value).ifPresent(errors::add));
        if (!errors.isEmpty()) {
            throw new SettingsException(errors);
        }
        return settings(values, Optional.ofNullable(environment.get("HOSTNAME")));
    }

    /**
     * The keys that environment variables set: {@code TIDEGATE_DRAIN_WINDOW} sets {@code tidegate.drain.window}. Every
     * variable that begins with {@code TIDEGATE_} is read.
     */
    public static Map<String, String> fromEnvironment(Map<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(VARIABLE_PREFIX)) {
                values.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return values;
    }

    private static Optional<String> badValue(Key<?> key, Values values) {
        if (values.isGood(key)) {
            return Optional.empty();
        }
        boolean link = ServiceLink.matches(key.name(), values.text(key));
        String rule = link ? ServiceLink.RULE : "must be " + key.format().allowed();
        return Optional.of(values.show(key) + ": " + rule);
    }

    private static Optional<String> unknownKey(String name, String value) {
        if (!name.startsWith(PREFIX)
                || Keys.ALL.stream().anyMatch(key -> key.name().equals(name))) {
            return Optional.empty();
        }
        if (ServiceLink.matches(name, value)) {
            return Optional.of(Values.show(name, value) + ": " + ServiceLink.RULE);
        }
        String rule = nearestKey(name)
                .map(near -> "no such key, did you mean " + near + "?")
                .orElse("no such key");
        // The value can be a secret whose key is misspelt.
        return Optional.of(Values.show(name, Secret.MASK) + ": " + rule);
    }

    private static Optional<String> nearestKey(String name) {
        List<String> known = Keys.ALL.stream()
                .map(key -> key.name().substring(PREFIX.length()))
                .toList();
        return Spelling.nearest(name.substring(PREFIX.length()), known).map(PREFIX::concat);
    }

    private static Settings settings(Values values, Optional<String> hostname) {
        return new Settings(
                new Settings.Server(
                        values.get(Keys.HOST),
                        values.get(Keys.PORT),
                        values.get(Keys.MANAGEMENT_PORT),
                        values.get(Keys.PATH),
                        node(values.get(Keys.NODE), hostname),
                        values.get(Keys.LOOPS)),
                new Settings.Api(values.get(Keys.API_PORT), values.get(Keys.API_KEYS)),
                new Settings.Peers(
                        values.get(Keys.HEARTBEAT),
                        values.get(Keys.IDLE),
                        values.get(Keys.ORIGINS),
                        values.get(Keys.PROXIES)),
                new Settings.Limits(
                        values.get(Keys.CONNECTIONS),
                        values.get(Keys.SOCKETS),
                        values.get(Keys.PER_IP),
                        values.get(Keys.PER_USER),
                        values.get(Keys.HANDSHAKES),
                        values.get(Keys.MESSAGE),
                        values.get(Keys.RATE),
                        values.get(Keys.QUEUE),
                        values.get(Keys.HISTORY),
                        values.get(Keys.TOPICS),
                        values.get(Keys.CLIENT_TOPICS)),
                auth(values),
                tls(values),
                new Settings.Compression(values.get(Keys.COMPRESSION)),
                relay(values),
                new Settings.History(
                        values.get(Keys.HISTORY_SIZE),
                        values.get(Keys.HISTORY_TTL),
                        values.get(Keys.HISTORY_TOPIC),
                        values.get(Keys.HISTORY_BYTES)),
                new Settings.Presence(values.get(Keys.PRESENCE_LINGER)),
                new Settings.Drain(
                        values.get(Keys.DRAIN_NOTICE), values.get(Keys.DRAIN_WINDOW), values.get(Keys.DRAIN_TIMEOUT)),
                new Settings.Rebalance(
                        values.get(Keys.REBALANCE_ENABLED),
                        values.get(Keys.REBALANCE_TOLERANCE),
                        values.get(Keys.REBALANCE_SHARE),
                        values.get(Keys.REBALANCE_MINIMUM),
                        values.get(Keys.REBALANCE_INTERVAL)),
                new Settings.Fleet(
                        values.get(Keys.FLEET_NAME), values.get(Keys.FLEET_PUBLIC), values.get(Keys.FLEET_REVISION)),
                new Settings.Cost(values.get(Keys.COST_INTERVAL)),
                new Settings.Tracing(values.get(Keys.TRACING_ENABLED)),
                new Settings.Log(values.get(Keys.LOG_LEVEL), values.get(Keys.LOG_FORMAT)));
    }

    private static Settings.Auth auth(Values values) {
        List<String> named = values.get(Keys.AUTH_ALGORITHMS);
        List<String> algorithms = new ArrayList<>(named);
        if (named.isEmpty() && values.get(Keys.AUTH_JWKS).isPresent()) {
            algorithms.addAll(AuthFormats.KEY_SET_ALGORITHMS);
        }
        if (named.isEmpty() && values.get(Keys.AUTH_SECRET).isPresent()) {
            algorithms.add(AuthFormats.SECRET_ALGORITHM);
        }
        return new Settings.Auth(
                values.get(Keys.AUTH_JWKS),
                values.get(Keys.AUTH_SECRET),
                List.copyOf(algorithms),
                values.get(Keys.AUTH_ISSUER),
                values.get(Keys.AUTH_AUDIENCE),
                values.get(Keys.AUTH_LEEWAY),
                values.get(Keys.AUTH_COOKIE),
                new Settings.Patterns(
                        values.get(Keys.AUTH_SUBSCRIBE), values.get(Keys.AUTH_PUBLISH), values.get(Keys.AUTH_PRESENCE)),
                new Settings.Patterns(
                        values.get(Keys.ANONYMOUS_SUBSCRIBE), values.get(Keys.ANONYMOUS_PUBLISH), List.of()));
    }

    private static Optional<Settings.Tls> tls(Values values) {
        Optional<Path> key = values.get(Keys.TLS_KEY).map(Path::of);
        Optional<Path> clients = values.get(Keys.TLS_CLIENTS).map(Path::of);
        return values.get(Keys.TLS_CERTIFICATE)
                .map(certificate -> new Settings.Tls(
                        Path.of(certificate), key.orElseThrow(), clients, values.get(Keys.TLS_MANAGEMENT)));
    }

    private static Settings.Relay relay(Values values) {
        RelayUrls relay = values.get(Keys.RELAY_URL);
        return new Settings.Relay(
                relay.urls(),
                values.get(Keys.RELAY_CONFIG).orElse(""),
                relay.username().or(() -> values.get(Keys.RELAY_USERNAME)),
                relay.password().or(() -> values.get(Keys.RELAY_PASSWORD)),
                values.get(Keys.RELAY_CA).map(Path::of),
                values.get(Keys.RELAY_PREFIX),
                values.get(Keys.RELAY_SHARDING),
                values.get(Keys.RELAY_GRACE));
    }

    private static String node(Optional<String> configured, Optional<String> hostname) {
        return configured
                .or(() -> hostname.filter(Keys.NAME.range()))
                .orElseGet(() -> "node-"
                        + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(1 << 24), 6));
    }
}
