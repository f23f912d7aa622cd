package io.tidegate.helidon;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnectionSelector;

/** A connection as Helidon has it, but that requests of HTTP/1.0 are read, too: {@link OldRequests}. */
final class OldHttp extends ForwardingContext {
    /** Bytes of a head of HTTP/1.0: much for a probe, little to look at again with each byte that comes. */
    private static final int LIMIT = 8 * 1024;

    private final OldRequests requests;
    private final DataReader reader;

    private OldHttp(ConnectionContext context) {
        super(context);
        this.requests = new OldRequests(context.dataReader(), LIMIT);
        this.reader = new RequestReader(requests);
    }

    /**
     * The version in which the latest request came.
     *
     * @param read the one that Helidon has read
     */
    static String version(ConnectionContext context, String read) {
        return context instanceof OldHttp http && http.requests.old() ? "1.0" : read;
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    /**
     * Makes them.
     *
     * @param http Helidon's selector of HTTP/1.1
     */
    static ServerConnectionSelector selector(ServerConnectionSelector http) {
        return new HttpSelector(http, context -> http.connection(new OldHttp(context)));
    }
}
