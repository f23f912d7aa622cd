package io.tidegate.hub;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Topic;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The clients of this node and their subscriptions, for operators. Any thread. */
public final class Roster {
    private static final String THROWN_OUT = "thrown out";

    /** The largest difference between the clocks of two nodes. */
    private static final long CLOCKS_MILLIS = 5_000;

    private final Collection<Connection> connections;
    private final WriteLoops loops;

    Roster(Collection<Connection> connections, WriteLoops loops) {
        this.connections = connections;
        this.loops = loops;
    }

    /**
     * A connection.
     *
     * @param topics the topics to which it subscribes
     * @param since when it was opened, in milliseconds since the epoch
     * @param bytesWaiting for its socket
     */
    public record Entry(String connection, List<String> topics, long since, long bytesWaiting) {}

    /** The topics whose names start with a prefix and sort after another name, with their numbers of subscriptions. */
    public CompletableFuture<Map<String, Integer>> topics(String prefix, String after) {
        return loops.count(prefix, after);
    }

    /** The connections of a user. */
    public List<CompletableFuture<Entry>> of(String user) {
        return connections.stream()
                .filter(connection -> isOf(connection, user))
                .map(this::describe)
                .toList();
    }

    private CompletableFuture<Entry> describe(Connection connection) {
        CompletableFuture<Entry> told = new CompletableFuture<>();
        connection.post(new LoopEvent.Describe(connection, told));
        return told;
    }

    /**
     * Closes the connections of a user. Their clients do not reconnect by themselves.
     *
     * @param at when the order was given, in milliseconds since the epoch; later connections were admitted again and stay
     */
    public void throwOutUser(String user, long at) {
        for (Connection connection : connections) {
            if (isOf(connection, user, at)) {
                throwOut(connection);
            }
        }
    }

    /** Closes one connection. Its client does not reconnect by itself. */
    public void throwOutConnection(String name) {
        for (Connection connection : connections) {
            if (connection.name().equals(name)) {
                throwOut(connection);
            }
        }
    }

    /** Ends a user's subscriptions to a topic, on the connections that {@link #throwOutUser} would close. */
    public void unsubscribe(String user, Topic topic, long at) {
        for (Connection connection : connections) {
            if (isOf(connection, user, at)) {
                connection.post(new LoopEvent.Expelled(connection, topic));
            }
        }
    }

    private static void throwOut(Connection connection) {
        connection.close(CloseCode.FORBIDDEN, THROWN_OUT);
    }

    private static boolean isOf(Connection connection, String user, long at) {
        return isOf(connection, user) && connection.since() - CLOCKS_MILLIS <= at;
    }

    private static boolean isOf(Connection connection, String user) {
        return connection.user().equals(Optional.of(user));
    }
}
