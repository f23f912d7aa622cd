package io.tidegate.log;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** Formats one record as one line: for a person, or as a JSON object (RFC 8259) for a program. */
final class LineFormatter extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSZ").withZone(ZoneId.systemDefault());

    private final boolean json;
    private final String node;

    LineFormatter(boolean json, String node) {
        this.json = json;
        this.node = node;
    }

    @Override
    public String format(LogRecord logged) {
        String message = formatMessage(logged);
        return (json ? json(logged, message) : text(logged, message)) + System.lineSeparator();
    }

    private String json(LogRecord logged, String message) {
        StringBuilder line = new StringBuilder(200).append('{');
        member(line, "time", logged.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
        member(line, "level", level(logged));
        member(line, "logger", String.valueOf(logged.getLoggerName()));
        member(line, "message", message);
        member(line, "node", node);
        Throwable thrown = logged.getThrown();
        if (thrown != null) {
            member(line, "exception", stack(thrown));
        }
        return line.append('}').toString();
    }

    private static void member(StringBuilder line, String name, String value) {
        line.append(line.length() == 1 ? "\"" : ",\"").append(name).append("\":\"");
        JsonStringEncoder.getInstance().quoteAsString(value, line);
        line.append('"');
    }

    private static String text(LogRecord logged, String message) {
        Instant time = logged.getInstant();
        String line = TIME.format(time) + " " + level(logged) + " " + logged.getLoggerName() + ": " + oneLine(message);
        Throwable thrown = logged.getThrown();
        return thrown == null
                ? line
                : line + System.lineSeparator() + stack(thrown).stripTrailing();
    }

    /**
     * Escapes control characters: a message may contain text from a client, which must not look like a line of this
     * server.
     */
    private static String oneLine(String message) {
        if (message.chars().noneMatch(Character::isISOControl)) {
            return message;
        }
        StringBuilder line = new StringBuilder(message.length() + 16);
        message.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append("\\u%04x".formatted(c));
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }

    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private static final Map<Level, String> NAMES = Map.of(
            Level.SEVERE, "ERROR",
            Level.WARNING, "WARNING",
            Level.INFO, "INFO",
            Level.CONFIG, "DEBUG",
            Level.FINE, "DEBUG",
            Level.FINER, "TRACE",
            Level.FINEST, "TRACE");

    /** The level by the names of {@code tidegate.log.level}, in every locale. */
    private static String level(LogRecord logged) {
        @Nullable String name = NAMES.get(logged.getLevel());
        return name == null ? logged.getLevel().getName() : name;
    }
}
