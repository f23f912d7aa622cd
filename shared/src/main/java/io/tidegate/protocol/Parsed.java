package io.tidegate.protocol;

/** What a text says, or why it says nothing that is allowed. */
public sealed interface Parsed<T> {
    /** It is allowed. */
    record Good<T>(T value) implements Parsed<T> {}

    /**
     * It is not.
     *
     * @param why one sentence that names what is wrong and what is allowed
     */
    record Bad<T>(String why) implements Parsed<T> {}
}
