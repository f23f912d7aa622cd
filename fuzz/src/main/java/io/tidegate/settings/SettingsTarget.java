package io.tidegate.settings;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * Lines of KEY=VALUE: they are accepted or refused in our own words, and the message does not depend on the letters of a secret.
 */
public final class SettingsTarget {
    private static final Set<String> SECRETS =
            Set.of(Keys.AUTH_SECRET.name(), Keys.RELAY_PASSWORD.name(), Keys.API_KEYS.name());

    private SettingsTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Map<String, String> values = new TreeMap<>();
        Map<String, String> otherSecrets = new TreeMap<>();
        for (String line : Texts.lines(input)) {
            int equals = Math.max(0, line.indexOf('='));
            String key = line.substring(0, equals);
            String value = line.substring(Math.min(line.length(), equals + 1));
            values.put(key, value);
            otherSecrets.put(key, withOtherSecrets(key, value));
        }
        List<String> errors = errors(values);
        Promise.same(errors, errors(otherSecrets));
        errors.forEach(error ->
                Promise.that(error.codePoints().noneMatch(Character::isISOControl), () -> "not one line: " + error));
        SettingsReader.fromEnvironment(values);
    }

    private static List<String> errors(Map<String, String> values) {
        try {
            SettingsReader.read(values, Map.of("HOSTNAME", "pod-0"));
            return List.of();
        } catch (SettingsException e) {
            Promise.that(!e.errors().isEmpty(), () -> "refused without a reason");
            return e.errors();
        }
    }

    private static String withOtherSecrets(String key, String value) {
        if (SECRETS.contains(key)) {
            return turned(value);
        }
        // The credentials of one URL; escaped characters stay unchanged.
        int from = value.indexOf("://") + 3;
        int to = value.indexOf('@');
        return key.equals(Keys.RELAY_URL.name()) && isOne(value, from, to)
                ? value.substring(0, from) + turned(value.substring(from, to)) + value.substring(to)
                : value;
    }

    private static boolean isOne(String url, int from, int to) {
        return from > 2 && to > from && to == url.lastIndexOf('@') && url.indexOf('%') < 0;
    }

    /** Replaces each letter by another one. */
    private static String turned(String text) {
        IntUnaryOperator turn = c -> isBetween(c, 'a', 'z')
                ? 'a' + (c - 'a' + 1) % 26
                : isBetween(c, 'A', 'Z') ? 'A' + (c - 'A' + 1) % 26 : c;
        return text.codePoints()
                .map(turn)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isBetween(int c, char first, char last) {
        return c >= first && c <= last;
    }
}
