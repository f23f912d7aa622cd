package io.tidegate.helidon;

import io.helidon.common.context.Context;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.http.DirectHandlers;
import io.tidegate.api.Answer;
import java.util.concurrent.ExecutorService;

/** A listener context whose refusals of malformed HTTP are problems (RFC 9457) like all others. */
record ProblemContext(ListenerContext listener, DirectHandlers directHandlers) implements ListenerContext {

    ProblemContext(ListenerContext listener) {
        this(listener, problems());
    }

    private static DirectHandlers problems() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        DirectHandler problem = (request, type, status, headers, message) -> {
            Answer answer = Answer.problem(status.code(), detail(status.code()));
            TransportResponse.Builder response = TransportResponse.builder()
                    .status(status)
                    .headers(headers)
                    .keepAlive(false)
                    .header(HeaderNames.CONNECTION, "close")
                    .entity(answer.body());
            answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
            return response.build();
        };
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, problem);
        }
        return handlers.build();
    }

    /** Replaces Helidon's text, which may contain what the client has sent. */
    private static String detail(int status) {
        return status >= 500 && status != 505
                ? "an internal error of this server; see its log"
                : "the request does not follow RFC 9112";
    }

    @Override
    public Context context() {
        return listener.context();
    }

    @Override
    public MediaContext mediaContext() {
        return listener.mediaContext();
    }

    @Override
    public ContentEncodingContext contentEncodingContext() {
        return listener.contentEncodingContext();
    }

    @Override
    public ListenerConfig config() {
        return listener.config();
    }

    @Override
    public ExecutorService executor() {
        return listener.executor();
    }
}
