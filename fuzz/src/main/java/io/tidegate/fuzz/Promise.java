package io.tidegate.fuzz;

import java.util.Objects;
import java.util.function.Supplier;

/** What a target holds the code to. */
public final class Promise {
    private Promise() {}

    /** Fails with this text where it is not kept. */
    public static void that(boolean kept, Supplier<String> otherwise) {
        if (!kept) {
            throw new AssertionError(otherwise.get());
        }
    }

    /** Fails where these differ. */
    public static void same(Object expected, Object actual) {
        that(Objects.equals(expected, actual), () -> "expected " + expected + ", but it is " + actual);
    }
}
