package io.tidegate.se;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.tidegate.node.Node;
import io.tidegate.node.Page;
import io.tidegate.settings.Settings;
import java.time.Duration;

/** The two listeners: WebSockets and the page on one, what operators ask on the other. */
final class Listeners {
    /** Handshakes that may wait for the accepting thread, as in a reconnect storm; the kernel may allow fewer. */
    private static final int BACKLOG = 4096;

    private Listeners() {}

    /**
     * Configures a server that is not built yet.
     *
     * @param heads watches the requests of both listeners
     */
    static void configure(
            WebServerConfig.Builder server, Settings settings, Node node, MeterRegistry registry, RequestHeads heads) {
        server.featuresDiscoverServices(false).addFeature(Management.observe(node, registry));
        listener(server, settings.server().port(), heads)
                .host(settings.server().host())
                .backlog(BACKLOG)
                .addConnectionSelector(Http1ConnectionSelector.builder()
                        .config(http1(heads))
                        .addUpgrader(new WebSocketUpgrader(node.hub(), settings.limits()))
                        .build())
                .routing(routing());
        server.putSocket(
                Management.SOCKET,
                listener(ListenerConfig.builder(), settings.server().managementPort(), heads)
                        .host(settings.server().host())
                        .addConnectionSelector(Http1ConnectionSelector.builder()
                                .config(http1(heads))
                                .build())
                        .build());
        server.routing(Management.SOCKET, Management.routing(node));
    }

    private static <B extends ListenerConfig.BuilderBase<B, ?>> B listener(B builder, int port, RequestHeads heads) {
        return builder.port(port)
                .idleConnectionTimeout(heads.timeout())
                .idleConnectionPeriod(Duration.ofSeconds(1))
                // Off, Nagle's algorithm holds small frames back for a delayed ACK: a p99 of 40 ms.
                .connectionOptions(options -> options.tcpNoDelay(true))
                // A refusal's body is one sentence of ours; what we did not write is never sent.
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                // One protocol, chosen here: what else lies on the class path does not matter.
                .protocolsDiscoverServices(false);
    }

    private static Http1Config http1(RequestHeads heads) {
        return Http1Config.builder().addReceiveListener(heads).build();
    }

    /** What is not an upgrade. */
    private static HttpRouting.Builder routing() {
        return HttpRouting.builder()
                .get("/", (request, response) -> {
                    response.headers().contentType(MediaTypes.TEXT_HTML);
                    response.send(Page.html());
                })
                .any("/chat", (request, response) -> {
                    throw WebSocketUpgrader.refusal(Handshake.upgradeRequired("this is a WebSocket"));
                });
    }
}
