package io.tidegate.settings;

/** A text that nothing prints by accident: only {@link #value} gives it away. */
public record Secret(String value) {
    static final String MASK = "***";

    @Override
    public String toString() {
        return MASK;
    }
}
