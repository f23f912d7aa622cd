package io.tidegate.command;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A duration in the form of the servers' settings: {@code 5s}, or ISO-8601. */
public final class Seconds implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
        try {
            Duration duration = Duration.parse(value.startsWith("P") ? value : "PT" + value);
            if (duration.isNegative() || duration.isZero()) {
                throw new TypeConversionException("allowed is more than 0");
            }
            return duration;
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("allowed is a duration such as 5s, 2m or PT0.5S");
        }
    }
}
