package io.tidegate.embed;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.websocket.WsListener;
import java.util.Optional;

/**
 * Marks an endpoint of Tidegate in Helidon's routing. Tidegate itself runs the connections, so this listener never gets
 * an event.
 */
record TidegateEndpoint(Http1Upgrader upgrader) implements WsListener {
    /** Only Helidon's own upgrade calls this. It would serve the path without Tidegate. */
    @Override
    public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers) {
        throw new IllegalStateException("Tidegate's upgrade is not among this listener's protocols: set its"
                + " protocols-discover-services to true, or add no protocol by hand");
    }
}
