package io.tidegate.settings;

import java.util.List;

/**
 * A configuration with which the server refuses to start. The message is printed as it is, without a stack trace,
 * before the process exits with 2.
 */
public final class SettingsException extends RuntimeException {
    private final List<String> errors;

    SettingsException(List<String> errors) {
        super(message(errors));
        this.errors = List.copyOf(errors);
    }

    /** All errors, one line each: the key, its value (secrets masked) and what is allowed. */
    public List<String> errors() {
        return errors;
    }

    private static String message(List<String> errors) {
        String count = errors.size() == 1 ? "1 error" : errors.size() + " errors";
        return count + " in the configuration:\n  " + String.join("\n  ", errors);
    }
}
