package io.tidegate.rehearsal.load;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A rate: {@code 500/s}. */
final class PerSecond implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
        if (!value.matches("\\d{1,7}(\\.\\d+)?/s") || Double.parseDouble(value.substring(0, value.length() - 2)) <= 0) {
            throw new TypeConversionException("'" + value + "'; allowed is a rate above 0, such as 500/s");
        }
        return Double.valueOf(value.substring(0, value.length() - 2));
    }
}
