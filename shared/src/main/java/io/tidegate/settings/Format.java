package io.tidegate.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The format of a setting's values.
 *
 * @param allowed completes "must be …" in messages; the documentation shows it
 * @param syntax parses a text; empty where the text is malformed
 * @param range whether a well-formed value is allowed
 * @param shown how messages show a text; masks secrets
 */
record Format<T>(
        String allowed, Function<String, Optional<T>> syntax, Predicate<T> range, UnaryOperator<String> shown) {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})(|KiB|MiB|GiB)");
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int GIB = 1 << 30;

    Format(String allowed, Function<String, Optional<T>> syntax, Predicate<T> range) {
        this(allowed, syntax, range, UnaryOperator.identity());
    }

    /** Reads a text; empty where the text is not allowed. */
    Optional<T> read(String text) {
        return syntax.apply(text).filter(range);
    }

    static Format<Integer> number(int min, int max) {
        return new Format<>(
                "a whole number from " + min + " to " + max,
                text -> text.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty(),
                number -> number >= min && number <= max);
    }

    /** A number that may also be 0, which turns the limit off. */
    static Format<Integer> limit(int max) {
        Format<Integer> number = number(0, max);
        return new Format<>(number.allowed + " (0: off)", number.syntax, number.range);
    }

    static Format<Boolean> bool() {
        return new Format<>(
                "true or false",
                text -> text.equals("true") || text.equals("false")
                        ? Optional.of(Boolean.valueOf(text))
                        : Optional.empty(),
                value -> true);
    }

    /** A value of an enum, in lower case. */
    static <T extends Enum<T>> Format<T> choice(String allowed, Class<T> type) {
        return new Format<>(
                allowed,
                text -> Stream.of(type.getEnumConstants())
                        .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                        .findFirst(),
                value -> true);
    }

    /** A number with decimals. The bounds are given as the documentation shows them. */
    static Format<Double> decimal(String min, String max) {
        return new Format<>(
                "a number from " + min + " to " + max,
                text -> text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")
                        ? Optional.of(Double.valueOf(text))
                        : Optional.empty(),
                number -> number >= Double.parseDouble(min) && number <= Double.parseDouble(max));
    }

    static Format<Integer> size(int min, int max) {
        return new Format<>(
                "a size from " + written(min) + " to " + written(max),
                Format::readSize,
                bytes -> bytes >= min && bytes <= max);
    }

    static Format<Duration> duration(Duration min, Duration max) {
        return new Format<>(
                "a duration from " + Durations.text(min) + " to " + Durations.text(max),
                Format::readDuration,
                duration -> duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0);
    }

    static Format<String> text(String regex, String allowed) {
        return new Format<>(allowed, Optional::of, Pattern.compile(regex).asMatchPredicate());
    }

    /** A path without the slash at its end, so that others can be appended; the empty path stands for {@code /}. */
    static Format<String> path() {
        Pattern prefix = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){0,8}");
        return new Format<>(
                "/ or a path such as /ws, of letters, digits, dots, dashes, underscores and tildes, without / at its end",
                text -> Optional.of(text).filter(each -> !each.isEmpty()).map(each -> each.equals("/") ? "" : each),
                prefix.asMatchPredicate());
    }

    static Format<Secret> secret(Format<String> text) {
        return new Format<>(
                text.allowed,
                written -> text.syntax.apply(written).map(Secret::new),
                secret -> text.range.test(secret.value()),
                written -> Secret.MASK);
    }

    static Format<String> readableFile() {
        return new Format<>("the path of a file that this process can read", Optional::of, Format::isReadableFile);
    }

    /** Either empty or in the given format. */
    static <T> Format<Optional<T>> optional(Format<T> format) {
        return new Format<>(
                "empty or " + format.allowed,
                text -> readOptional(format, text),
                value -> value.isEmpty() || format.range.test(value.get()),
                format.shown);
    }

    private static <T> Optional<Optional<T>> readOptional(Format<T> format, String text) {
        Optional<T> value = text.isEmpty() ? Optional.empty() : format.read(text);
        return text.isEmpty() || value.isPresent() ? Optional.of(value) : Optional.empty();
    }

    private static Optional<Integer> readSize(String text) {
        Matcher parts = SIZE.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int unit = switch (parts.group(2)) {
            case "KiB" -> KIB;
            case "MiB" -> MIB;
            case "GiB" -> GIB;
            default -> 1;
        };
        long number = Long.parseLong(parts.group(1));
        return number <= Integer.MAX_VALUE / unit ? Optional.of((int) (number * unit)) : Optional.empty();
    }

    private static String written(int bytes) {
        if (bytes % GIB == 0) {
            return bytes / GIB + "GiB";
        }
        if (bytes % MIB == 0) {
            return bytes / MIB + "MiB";
        }
        return bytes % KIB == 0 ? bytes / KIB + "KiB" : String.valueOf(bytes);
    }

    private static Optional<Duration> readDuration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (parts.matches()) {
            long number = Long.parseLong(parts.group(1));
            return Optional.of(
                    switch (parts.group(2)) {
                        case "ms" -> Duration.ofMillis(number);
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        default -> Duration.ofHours(number);
                    });
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static boolean isReadableFile(String path) {
        try {
            return Files.isRegularFile(Path.of(path)) && Files.isReadable(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
