package io.tidegate.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The page at {@code GET /}, for a first look with nothing but a browser. */
public final class Page {
    private static final String RESOURCE = "/io/tidegate/page/index.html";

    private Page() {}

    /** HTML in UTF-8. */
    public static byte[] html() {
        try (InputStream html = Page.class.getResourceAsStream(RESOURCE)) {
            if (html == null) {
                throw new IllegalStateException("the jar lacks " + RESOURCE);
            }
            return html.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + RESOURCE, e);
        }
    }
}
