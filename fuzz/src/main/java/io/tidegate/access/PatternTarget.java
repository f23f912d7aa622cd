package io.tidegate.access;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings.Patterns;
import java.util.List;
import java.util.Optional;

/**
 * Lines: a user, patterns, a topic. The rights are those of a simple implementation that compares letter by letter, without
 * regular expressions.
 */
public final class PatternTarget {
    private PatternTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        List<String> lines = Texts.lines(input);
        if (lines.size() < 2) {
            return;
        }
        Optional<String> user = Optional.of(lines.getFirst()).filter(name -> !name.isEmpty());
        String topic = lines.getLast();
        List<String> patterns = lines.subList(1, lines.size() - 1);
        Rights rights = Rights.of(user, new Patterns(patterns, List.of(), patterns));
        boolean allowed = patterns.stream().anyMatch(pattern -> allows(pattern, user.orElse(""), topic));

        Promise.same(allowed, rights.maySubscribe(new Topic(topic)));
        Promise.same(allowed, rights.maySeePresence(new Topic(topic)));
        Promise.same(false, rights.mayPublish(new Topic(topic)));
        Promise.same(isName(topic), Topic.isValid(topic));
    }

    private static boolean allows(String pattern, String user, String topic) {
        if (pattern.equals("/")) {
            return topic.equals("/");
        }
        if (!isName(topic) || (pattern.contains("{user}") && !isName(user))) {
            return false;
        }
        String filled = pattern.replace("{user}", user);
        return filled.endsWith("*") ? topic.startsWith(filled.substring(0, filled.length() - 1)) : topic.equals(filled);
    }

    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= 128
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || "._:-".indexOf(c) >= 0);
    }
}
