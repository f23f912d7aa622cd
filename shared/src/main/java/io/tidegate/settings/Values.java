package io.tidegate.settings;

import java.util.List;
import java.util.Map;

/**
 * The configured values, read by the table of keys.
 *
 * @param configured values by the name of the key
 */
record Values(Map<String, String> configured) {
    private static final int LONGEST = 200;

    /** The text as written, or the default. */
    String text(Key<?> key) {
        return configured.getOrDefault(key.name(), key.fallback());
    }

    boolean isGood(Key<?> key) {
        return key.format().read(text(key)).isPresent();
    }

    boolean areGood(List<Key<?>> keys) {
        return keys.stream().allMatch(this::isGood);
    }

    /** The value of a key whose text is good ({@link #isGood}). */
    <T> T get(Key<T> key) {
        return key.format().read(text(key)).orElseThrow();
    }

    /** Key and value on one line, without secrets. */
    String show(Key<?> key) {
        return show(key.name(), key.format().shown().apply(text(key)));
    }

    /** Key and value on one line, whatever characters they have. */
    static String show(String name, String value) {
        return shown(name) + " = \"" + shown(value) + "\"";
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.append(text.length() > LONGEST ? "…" : "").toString();
    }
}
