package io.tidegate.fuzz;

/** Broken on purpose for one of 2^64 beginnings, which no random input reaches. */
public final class BrokenTarget {
    private BrokenTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length >= 8
                && input[0] == 't'
                && input[1] == 'i'
                && input[2] == 'd'
                && input[3] == 'e'
                && input[4] == 'g'
                && input[5] == 'a'
                && input[6] == 't'
                && input[7] == 'e') {
            throw new IllegalStateException("broken on purpose");
        }
    }
}
