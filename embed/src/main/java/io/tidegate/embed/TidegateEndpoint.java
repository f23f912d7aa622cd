package io.tidegate.embed;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.websocket.WsListener;
import java.util.Optional;

/** What stands in Helidon's routing for one of our endpoints. Its connections are ours, so no event ever comes here. */
record TidegateEndpoint(Http1Upgrader upgrader) implements WsListener {
    /** Called by Helidon's own upgrade alone, which would serve the path with nothing behind it. */
    @Override
    public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers) {
        throw new IllegalStateException("Tidegate's upgrade is not among this listener's protocols: set its"
                + " protocols-discover-services to true, or add no protocol by hand");
    }
}
