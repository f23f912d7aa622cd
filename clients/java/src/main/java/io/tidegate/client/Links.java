package io.tidegate.client;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A client's connections: one that serves it, and one that is prepared to replace it. In the client's mailbox only. */
final class Links {
    private final Dialer dialer;
    private @Nullable Link first;
    private @Nullable Link second;

    Links(Dialer dialer) {
        this.dialer = dialer;
    }

    /** The connection that serves the client. */
    @Nullable
    Link first() {
        return first;
    }

    /** The connection that is prepared to replace the first. */
    @Nullable
    Link second() {
        return second;
    }

    Stream<Link> all() {
        return Stream.of(Optional.ofNullable(first), Optional.ofNullable(second))
                .flatMap(Optional::stream);
    }

    boolean has(Link link) {
        return link == first || link == second;
    }

    void add(Link link) {
        if (first == null) {
            first = link;
        } else {
            second = link;
        }
    }

    /** The second connection replaces the first, which is closed in order. */
    void change() {
        Link old = first;
        first = second;
        second = null;
        dialer.retire(old);
    }

    /** Ends a connection at once. If it was the first, the second one serves, even if it is not ready. */
    void drop(Link link) {
        link.abort();
        if (link == first) {
            first = second;
            second = null;
        } else if (link == second) {
            second = null;
        }
    }

    /** Closes both connections in order. */
    void retire() {
        dialer.retire(first);
        dialer.retire(second);
        first = null;
        second = null;
    }

    /** The listeners have caught up: both connections are read again. */
    void readOn() {
        dialer.readOn(first);
        dialer.readOn(second);
    }
}
