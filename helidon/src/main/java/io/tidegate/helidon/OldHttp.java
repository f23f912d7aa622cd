package io.tidegate.helidon;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** A connection as Helidon has it, but that requests of HTTP/1.0 are read, too: {@link OldRequests}. */
final class OldHttp implements ConnectionContext {
    /** Bytes of a head of HTTP/1.0: much for a probe, little to look at again with each byte that comes. */
    private static final int LIMIT = 8 * 1024;

    private final ConnectionContext context;
    private final OldRequests requests;
    private final DataReader reader;

    private OldHttp(ConnectionContext context) {
        this.context = context;
        this.requests = new OldRequests(context.dataReader(), LIMIT);
        this.reader = new DataReader(requests);
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

    @Override
    public ListenerContext listenerContext() {
        return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
        return context.dataWriter();
    }

    @Override
    public Router router() {
        return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
        return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return context.localPeer();
    }

    @Override
    public boolean isSecure() {
        return context.isSecure();
    }

    @Override
    public String socketId() {
        return context.socketId();
    }

    @Override
    public String childSocketId() {
        return context.childSocketId();
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
