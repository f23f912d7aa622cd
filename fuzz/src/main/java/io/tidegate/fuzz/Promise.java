package io.tidegate.fuzz;

import java.util.Objects;
import java.util.function.Supplier;

/** The checks of a target. */
public final class Promise {
    private Promise() {}

    /** Fails with this text if the condition is false. */
    public static void that(boolean kept, Supplier<String> otherwise) {
        if (!kept) {
            throw new AssertionError(otherwise.get());
        }
    }

    /** Fails if these values differ. */
    public static void same(Object expected, Object actual) {
        that(Objects.equals(expected, actual), () -> "expected " + expected + ", but it is " + actual);
    }
}
