package io.tidegate.protocol;

/** The value of a text, or the reason why the text is not allowed. */
public sealed interface Parsed<T> {
    /** The text is allowed. */
    record Good<T>(T value) implements Parsed<T> {}

    /**
     * The text is not allowed.
     *
     * @param why one sentence that names what is wrong and what is allowed
     */
    record Bad<T>(String why) implements Parsed<T> {}
}
