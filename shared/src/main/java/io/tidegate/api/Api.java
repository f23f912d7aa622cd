package io.tidegate.api;

import io.tidegate.fleet.FleetView;
import io.tidegate.hub.Hub;
import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers back ends. Each call is made on a thread that may wait. */
public final class Api {
    /** {@code Retry-After} for requests that fail because the relay is unavailable, in seconds. */
    static final String RETRY_SECONDS = "1";

    private static final System.Logger LOG = System.getLogger(Api.class.getName());
    private static final String NO_ROUTE = "none";
    private static final List<Integer> STATUSES = List.of(200, 204, 400, 401, 404, 405, 408, 413, 415, 500, 503);

    private final ApiKeys keys;
    private final Publishing publishing;
    private final Batches batches;
    private final Histories histories;
    private final PresenceLists presences;
    private final Directory directory;
    private final Supplier<FleetView> fleet;
    private final Metrics metrics;
    private final Console console = new Console();
    private final byte[] description = description();

    /**
     * The node that answers.
     *
     * @param fleet what this node knows of the other nodes
     * @param calls asks the other nodes
     */
    public record Where(Hub hub, Supplier<FleetView> fleet, FleetCalls calls) {}

    public Api(Settings settings, Where where, Metrics metrics, Clock clock) {
        Hub hub = where.hub();
        Underway underway = new Underway(hub);
        int limit = settings.limits().message();
        this.keys = new ApiKeys(settings.api().keys());
        this.publishing = new Publishing(underway, clock, limit);
        this.batches = new Batches(underway, clock, limit);
        this.histories = new Histories(hub.history());
        this.presences = new PresenceLists(hub, clock::nanoTime);
        this.directory = new Directory(where.calls());
        this.fleet = where.fleet();
        this.metrics = metrics;
        for (Route route : Route.values()) {
            metrics.declareApi(route.label(), STATUSES);
        }
        metrics.declareApi(NO_ROUTE, STATUSES);
    }

    /**
     * Answers a request.
     *
     * @throws IOException where the request's body is incomplete
     */
    public Answer answer(Call call) throws IOException {
        List<Route.Match> at = Route.at(call.path());
        Optional<Route.Match> match = Route.of(at, call.method());
        Answer answer;
        try {
            answer = answer(call, at, match);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A request to the API failed", e);
            answer = Answer.problem(500, "an internal error of this server; see its log");
        }
        count(match, answer.status());
        return answer;
    }

    /** Counts a request whose body did not come in time. */
    public void timedOut(Call call) {
        count(Route.of(Route.at(call.path()), call.method()), 408);
    }

    private void count(Optional<Route.Match> match, int status) {
        metrics.apiRequests(match.map(Route.Match::route).map(Route::label).orElse(NO_ROUTE), status)
                .increment();
    }

    private Answer answer(Call call, List<Route.Match> at, Optional<Route.Match> match) throws IOException {
        boolean open = match.map(Route.Match::route).filter(Route::isOpen).isPresent();
        if (!open && !keys.allows(call.header().apply("authorization"))) {
            return Answer.problem(
                            401,
                            "the API key is missing or wrong; allowed is \"Authorization: Bearer KEY\" with one of"
                                    + " tidegate.api.keys")
                    .with("WWW-Authenticate", "Bearer");
        }
        if (at.isEmpty()) {
            return Answer.problem(404, "no such path; GET /api/openapi.yaml lists all paths");
        }
        if (match.isEmpty()) {
            String allowed = Route.allowed(at);
            return Answer.problem(405, "this method is not allowed here; allowed are " + allowed)
                    .with("Allow", allowed);
        }
        return switch (Query.of(call.query())) {
            case Bad<Query> bad -> Answer.problem(400, bad.why());
            case Good<Query> good -> answer(call, match.get(), good.value());
        };
    }

    private Answer answer(Call call, Route.Match match, Query query) throws IOException {
        List<String> values = new ArrayList<>();
        for (String value : match.values()) {
            Optional<String> decoded = Query.decoded(value, false).filter(text -> !text.isEmpty());
            if (decoded.isEmpty()) {
                return Answer.problem(400, "a part of the path is empty or not encoded; allowed is UTF-8 as %XX");
            }
            values.add(decoded.get());
        }
        return answer(call, match.route(), values, query);
    }

    private Answer answer(Call call, Route route, List<String> values, Query query) throws IOException {
        return switch (route) {
            case PUBLISH -> onTopic(values.getFirst(), topic -> publishing.publish(topic, call, query));
            case HISTORY -> onTopic(values.getFirst(), topic -> histories.read(topic, query));
            case PRESENCE -> onTopic(values.getFirst(), topic -> presences.read(topic, query));
            case BATCH -> batches.publish(call);
            case BROADCAST -> publishing.broadcast(call);
            case FLEET -> Answer.json(fleet.get().json());
            case DESCRIPTION -> Answer.of(200, "application/yaml", description);
            case CONSOLE -> console.page();
            case CONSOLE_FILE -> console.file(values.getFirst());
            case NODES -> directory.nodes();
            case TOPICS -> directory.topics(query);
            case CONNECTIONS -> directory.connections(values.getFirst());
            case THROW_OUT_USER -> directory.throwOutUser(values.getFirst());
            case THROW_OUT_CONNECTION -> directory.throwOutConnection(values.getFirst());
            case UNSUBSCRIBE -> onTopic(values.get(1), topic -> directory.unsubscribe(values.getFirst(), topic));
        };
    }

    @FunctionalInterface
    private interface OnTopic {
        Answer answer(Topic topic) throws IOException;
    }

    private static Answer onTopic(String name, OnTopic asked) throws IOException {
        return Topic.isValid(name)
                ? asked.answer(new Topic(name))
                : Answer.problem(400, "the topic in the path is not allowed; a topic is " + Topic.PATTERN);
    }

    private static byte[] description() {
        try (InputStream file = Api.class.getResourceAsStream("openapi.yaml")) {
            if (file == null) {
                throw new IllegalStateException("the jar lacks openapi.yaml");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading openapi.yaml", e);
        }
    }
}
