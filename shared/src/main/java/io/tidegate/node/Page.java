package io.tidegate.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A file that a browser gets from the WebSocket port. Either it belongs to the page at {@code GET /}, a first look that
 * needs only a browser, or it is the client for JavaScript, which this page and others may load.
 *
 * @param path where it is served
 * @param headers of the response, as names and values
 */
public record Page(String path, Map<String, String> headers, byte[] body) {
    private static final String ROOM = "/io/tidegate/page/";
    /** Allows scripts, styles and connections of this origin only, and forbids other sites to frame the page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

    /** All files. Their exact paths are served, and no others. */
    public static List<Page> all() {
        return List.of(
                read("/", "index.html", HTML),
                read("/page/page.css", "page.css", CSS),
                read("/page/page.js", "page.js", JAVASCRIPT),
                read("/page/chat.js", "chat.js", JAVASCRIPT),
                read("/page/here.js", "here.js", JAVASCRIPT),
                read("/page/broadcast.js", "broadcast.js", JAVASCRIPT),
                read("/page/fleet.js", "fleet.js", JAVASCRIPT),
                read("/page/log.js", "log.js", JAVASCRIPT),
                read("/tidegate-client.js", "tidegate-client.js", JAVASCRIPT));
    }

    private static Map<String, String> headers(String contentType) {
        return Map.of(
                "Content-Type",
                contentType,
                // These files are public, and other sites' pages may import the client.
                "Access-Control-Allow-Origin",
                "*",
                // During a rollout pods of two releases serve side by side: a page must not keep scripts of the other
                // release.
                "Cache-Control",
                "no-cache",
                "Content-Security-Policy",
                POLICY,
                "Referrer-Policy",
                "no-referrer",
                "X-Content-Type-Options",
                "nosniff");
    }

    private static Page read(String path, String resource, String contentType) {
        try (InputStream file = Page.class.getResourceAsStream(ROOM + resource)) {
            if (file == null) {
                throw new IllegalStateException("the jar lacks " + ROOM + resource);
            }
            return new Page(path, headers(contentType), file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + ROOM + resource, e);
        }
    }
}
