package io.tidegate.settings;

/** A text that is never printed by accident: only {@link #value} returns it. */
public record Secret(String value) {
    static final String MASK = "***";

    @Override
    public String toString() {
        return MASK;
    }
}
