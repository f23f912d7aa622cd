package io.tidegate.protocol;

import java.util.regex.Pattern;

/**
 * The topic to which a message is published and a connection subscribes.
 *
 * <p>Clients' topics match {@value #PATTERN}. The names of {@link #BROADCAST} and of the nodes' own topics do not match
 * it, so that no client can use them.
 */
public record Topic(String name) {
    /** The largest number of characters in a client's topic name. */
    public static final int MAX_LENGTH = 128;

    /** The names that a client may use. */
    public static final String PATTERN = "[A-Za-z0-9._:-]{1," + MAX_LENGTH + "}";

    /** The topic of the broadcast endpoint {@code /}. */
    public static final Topic BROADCAST = new Topic("/");

    /** Messages between the nodes. */
    public static final Topic FLEET = new Topic("/fleet");

    /** Orders to the nodes. A node that was cut off gets them later. */
    public static final Topic ORDERS = new Topic("/orders");

    /** Messages between nodes about traces. Only nodes that trace subscribe. */
    public static final Topic TRACES = new Topic("/traces");

    /** The topic of a chat client that names none. */
    public static final Topic DEFAULT_CHAT = new Topic("chat-messages");

    private static final Pattern CLIENT_NAME = Pattern.compile(PATTERN);

    /** Whether a client may use this name. */
    public static boolean isValid(String name) {
        return CLIENT_NAME.matcher(name).matches();
    }

    /** Whether its messages come from clients and are for clients. */
    public boolean isClients() {
        return !equals(FLEET) && !equals(ORDERS) && !equals(TRACES);
    }

    /** Whether its messages have positions and are kept for a while. Messages of other topics are not kept. */
    public boolean hasHistory() {
        return !equals(BROADCAST) && !equals(FLEET) && !equals(TRACES);
    }

    @Override
    public String toString() {
        return name;
    }
}
