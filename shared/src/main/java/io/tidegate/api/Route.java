package io.tidegate.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The requests that the API answers. */
enum Route {
    PUBLISH("POST", "/api/topics/{topic}/messages"),
    BATCH("POST", "/api/messages"),
    BROADCAST("POST", "/api/broadcast"),
    HISTORY("GET", "/api/topics/{topic}/messages"),
    PRESENCE("GET", "/api/topics/{topic}/presence"),
    TOPICS("GET", "/api/topics"),
    CONNECTIONS("GET", "/api/users/{user}/connections"),
    THROW_OUT_USER("DELETE", "/api/users/{user}/connections"),
    THROW_OUT_CONNECTION("DELETE", "/api/connections/{id}"),
    UNSUBSCRIBE("DELETE", "/api/users/{user}/subscriptions/{topic}"),
    FLEET("GET", "/api/fleet"),
    NODES("GET", "/api/nodes"),
    DESCRIPTION("GET", "/api/openapi.yaml"),
    CONSOLE("GET", "/"),
    CONSOLE_FILE("GET", "/console/{file}");

    private static final Map<Route, List<String>> TEMPLATES = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(route -> route, route -> List.of(route.template.split("/", -1))));

    private final String method;
    private final String template;

    Route(String method, String template) {
        this.method = method;
        this.template = template;
    }

    /** The value of the label {@code route}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the route needs no key: its answer contains nothing that the project's documentation does not contain. */
    boolean isOpen() {
        return switch (this) {
            case DESCRIPTION, CONSOLE, CONSOLE_FILE -> true;
            case PUBLISH,
                    BATCH,
                    BROADCAST,
                    HISTORY,
                    PRESENCE,
                    TOPICS,
                    CONNECTIONS,
                    THROW_OUT_USER,
                    THROW_OUT_CONNECTION,
                    UNSUBSCRIBE,
                    FLEET,
                    NODES -> false;
        };
    }

    /** Whether the route answers this method. A GET route also answers HEAD (RFC 9110, section 9.3.2). */
    private boolean takes(String asked) {
        return method.equals(asked) || (method.equals("GET") && asked.equals("HEAD"));
    }

    /**
     * A route, and the values of its names in the path.
     *
     * @param values still encoded
     */
    record Match(Route route, List<String> values) {}

    /** The routes of this path, for any method. */
    static List<Match> at(String path) {
        List<String> segments = List.of(path.split("/", -1));
        return Arrays.stream(values())
                .flatMap(route -> route.match(segments).stream())
                .toList();
    }

    static Optional<Match> of(List<Match> at, String method) {
        return at.stream().filter(match -> match.route.takes(method)).findFirst();
    }

    /** The methods in the form of {@code Allow}. */
    static String allowed(List<Match> at) {
        List<String> methods = new ArrayList<>();
        for (Match match : at) {
            methods.add(match.route.method);
            if (match.route.method.equals("GET")) {
                methods.add("HEAD");
            }
        }
        return String.join(", ", methods);
    }

    private Optional<Match> match(List<String> segments) {
        List<String> template = TEMPLATES.getOrDefault(this, List.of());
        if (segments.size() != template.size()) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (template.get(i).startsWith("{")) {
                values.add(segments.get(i));
            } else if (!template.get(i).equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(new Match(this, values));
    }
}
