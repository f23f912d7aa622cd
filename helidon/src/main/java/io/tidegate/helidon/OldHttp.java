package io.tidegate.helidon;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnectionSelector;

/** A connection's context that also reads requests of HTTP/1.0: {@link OldRequests}. */
final class OldHttp extends ForwardingContext {
    /**
     * The largest head of HTTP/1.0 in bytes: more than a probe needs, but little to search again with each byte that
     * comes.
     */
    private static final int LIMIT = 8 * 1024;

    private final OldRequests requests;
    private final DataReader reader;

    private OldHttp(ConnectionContext context) {
        super(context);
        this.requests = new OldRequests(context.dataReader(), LIMIT);
        this.reader = new RequestReader(requests);
    }

    /**
     * The version of the latest request.
     *
     * @param read the version that Helidon has read
     */
    static String version(ConnectionContext context, String read) {
        return context instanceof OldHttp http && http.requests.old() ? "1.0" : read;
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    /**
     * Makes such connections.
     *
     * @param http Helidon's selector of HTTP/1.1
     */
    static ServerConnectionSelector selector(ServerConnectionSelector http) {
        return new HttpSelector(http, context -> http.connection(new OldHttp(context)));
    }
}
