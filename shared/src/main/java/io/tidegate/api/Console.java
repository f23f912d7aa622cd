package io.tidegate.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;

/** A page for people that uses the API. The page itself needs no key, and asks its user for one. */
final class Console {
    private static final String FOLDER = "console/";
    private static final String INDEX = "index.html";

    /** Allows scripts, styles and requests of this origin only, and forbids other sites to frame the page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
            + " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            INDEX,
            "text/html; charset=utf-8",
            "console.css",
            "text/css; charset=utf-8",
            "console.js",
            "text/javascript; charset=utf-8",
            "api.js",
            "text/javascript; charset=utf-8",
            "view.js",
            "text/javascript; charset=utf-8");

    private final Map<String, Answer> files =
            TYPES.keySet().stream().collect(Collectors.toUnmodifiableMap(name -> name, Console::read));

    Answer page() {
        return file(INDEX);
    }

    Answer file(String name) {
        return files.getOrDefault(name, Answer.problem(404, "the console has no such file"));
    }

    private static Answer read(String name) {
        try (InputStream file = Console.class.getResourceAsStream(FOLDER + name)) {
            if (file == null) {
                throw new IllegalStateException("the jar lacks " + FOLDER + name);
            }
            return Answer.of(200, TYPES.getOrDefault(name, ""), file.readAllBytes())
                    // During a rollout pods of two releases serve side by side: a page must not keep scripts of the
                    // other release.
                    .with("Cache-Control", "no-cache")
                    .with("Content-Security-Policy", POLICY)
                    .with("Referrer-Policy", "no-referrer")
                    .with("X-Content-Type-Options", "nosniff");
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + FOLDER + name, e);
        }
    }
}
