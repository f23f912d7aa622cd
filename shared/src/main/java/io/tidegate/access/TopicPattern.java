package io.tidegate.access;

import io.tidegate.protocol.Topic;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A topic, or a prefix of topics followed by {@code *}. {@code *} alone matches every topic that a client can name. The
 * broadcast path is matched only by its own name.
 *
 * @param begin the topic, or the prefix
 */
record TopicPattern(String begin, boolean isPrefix) {
    private static final String USER = "{user}";
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:-]{0," + Topic.MAX_LENGTH + "}");

    /**
     * Reads a pattern.
     *
     * @param user replaces {@code {user}}; where there is no user, or its name is not a valid topic, a pattern with
     *     {@code {user}} matches nothing
     * @return empty where nothing can match
     */
    static Optional<TopicPattern> of(String text, Optional<String> user) {
        if (text.equals(Topic.BROADCAST.name())) {
            return Optional.of(new TopicPattern(text, false));
        }
        if (text.contains(USER) && user.filter(Topic::isValid).isEmpty()) {
            return Optional.empty();
        }
        String filled = text.replace(USER, user.orElse(""));
        boolean isPrefix = filled.endsWith("*");
        String begin = isPrefix ? filled.substring(0, filled.length() - 1) : filled;
        boolean isPossible = isPrefix ? PREFIX.matcher(begin).matches() : Topic.isValid(begin);
        return isPossible ? Optional.of(new TopicPattern(begin, isPrefix)) : Optional.empty();
    }

    /** The pattern as it is written. */
    @Override
    public String toString() {
        return isPrefix ? begin + "*" : begin;
    }

    boolean matches(Topic topic) {
        return isPrefix
                ? Topic.isValid(topic.name()) && topic.name().startsWith(begin)
                : topic.name().equals(begin);
    }
}
