package io.tidegate.helidon;

import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.tidegate.api.Answer;
import io.tidegate.api.Api;
import io.tidegate.api.Call;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/** Handles every request of the API's listener. */
final class ApiHandler implements Handler {
    /**
     * Bytes that are read and dropped after the limit of a body, so that its sender reads the answer. The connection of a
     * larger body is cut.
     */
    private static final int DRAIN = 16 << 20;

    /** The same for a request without a key. */
    private static final int DRAIN_STRANGER = 64 << 10;

    private final Api api;
    private final BodyTimeout bodies;

    ApiHandler(Api api, BodyTimeout bodies) {
        this.api = api;
        this.bodies = bodies;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        try (Content content = new Content(request)) {
            Answer answer;
            try {
                answer = api.answer(content.call());
            } catch (BusyException e) {
                answer = Answer.problem(503, "too many large requests at once; send the request again")
                        .with("Retry-After", "1");
            }
            if (!content.isAtEnd(answer.status() == 401 ? DRAIN_STRANGER : DRAIN)) {
                response.header(HeaderValues.CONNECTION_CLOSE);
            }
            send(request, response, answer);
        } catch (UnreadException e) {
            throw e.reason;
        }
    }

    private static void send(ServerRequest request, ServerResponse response, Answer answer) {
        response.status(answer.status());
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (request.prologue().method().equals(Method.HEAD)) {
            response.headers().contentLength(answer.body().length);
            response.send();
        } else if (answer.body().length == 0) {
            response.send();
        } else {
            response.send(answer.body());
        }
    }

    /** There is no room for a body. */
    private static final class BusyException extends IOException {}

    /** A body was incomplete or malformed. That is no defect of the API, which reads it. */
    private static final class UnreadException extends IOException {
        private final transient RuntimeException reason;

        UnreadException(RuntimeException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** The body of a request, and the room that it takes. */
    private final class Content implements AutoCloseable {
        private final ServerRequest request;
        private final ConnectionContext connection = ApiConnection.current();
        private final Call call;
        private boolean begun;
        private boolean atEnd;
        private int reserved;

        Content(ServerRequest request) {
            this.request = request;
            this.call = new Call(
                    request.prologue().method().text(),
                    request.prologue().uriPath().rawPath(),
                    request.prologue().query().rawValue(),
                    name -> request.headers().first(HeaderNames.create(name)),
                    this::read);
        }

        Call call() {
            return call;
        }

        private Optional<byte[]> read(int limit) throws IOException {
            OptionalLong said = request.headers().contentLength();
            if (!request.content().hasEntity()) {
                atEnd = true;
                return Optional.of(new byte[0]);
            }
            if (said.isPresent() && said.getAsLong() > limit) {
                return Optional.empty();
            }
            reserve((int) said.orElse(limit));
            begun = true;
            byte[] bytes = timed(in -> in.readNBytes(limit + 1));
            atEnd = bytes.length <= limit;
            return atEnd ? Optional.of(bytes) : Optional.empty();
        }

        private void reserve(int bytes) throws IOException {
            try {
                if (!bodies.reserve(bytes)) {
                    throw new BusyException();
                }
                reserved = bytes;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BusyException();
            }
        }

        /** Reads the rest of the body, up to a limit; false where there is more. */
        boolean isAtEnd(int bound) throws IOException {
            if (atEnd || !request.content().hasEntity()) {
                return true;
            }
            boolean waits = request.headers().contains(HeaderValues.EXPECT_100) && !begun;
            if (waits || request.headers().contentLength().orElse(0) > bound) {
                return false;
            }
            atEnd = timed(in -> skips(in, bound));
            return atEnd;
        }

        private static boolean skips(InputStream in, int bound) throws IOException {
            byte[] buffer = new byte[8 << 10];
            int left = bound;
            while (left > 0) {
                int read = in.read(buffer);
                if (read < 0) {
                    return true;
                }
                left -= read;
            }
            return false;
        }

        private <T> T timed(Reading<T> reading) throws IOException {
            try {
                return bodies.read(
                        connection,
                        () -> api.timedOut(call),
                        () -> reading.of(request.content().inputStream()));
            } catch (BadRequestException | CloseConnectionException e) {
                throw new UnreadException(e);
            } finally {
                bodies.failed(connection);
            }
        }

        @Override
        public void close() {
            if (reserved > 0) {
                bodies.release(reserved);
            }
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T of(InputStream in) throws IOException;
    }
}
