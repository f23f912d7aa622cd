package io.tidegate.settings;

/**
 * One row of the table of settings.
 *
 * @param name the key as it is written in a file or a system property
 * @param fallback the text that is used where nothing is configured
 * @param meaning one line of Markdown
 */
record Key<T>(String name, String fallback, Format<T> format, String meaning) {

    /** Throws on a value that no text of this key can have. */
    void require(T value) {
        if (!format.range().test(value)) {
            throw new IllegalArgumentException(name + " must be " + format.allowed());
        }
    }
}
