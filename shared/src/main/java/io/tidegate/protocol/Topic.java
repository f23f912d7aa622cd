package io.tidegate.protocol;

import java.util.regex.Pattern;

/**
 * What a message is published to and what a connection subscribes to.
 *
 * <p>Clients name topics of {@value #PATTERN}; {@link #BROADCAST} and those of the nodes themselves lie outside of
 * that, so that no client can name them.
 */
public record Topic(String name) {
    /** Characters of a name that a client gives, at most. */
    public static final int MAX_LENGTH = 128;

    /** What a client may call a topic. */
    public static final String PATTERN = "[A-Za-z0-9._:-]{1," + MAX_LENGTH + "}";

    /** The topic of the broadcast endpoint {@code /}. */
    public static final Topic BROADCAST = new Topic("/");

    /** What the nodes tell each other. */
    public static final Topic FLEET = new Topic("/fleet");

    /** What nodes have to do, also one that was cut off when it was said. */
    public static final Topic ORDERS = new Topic("/orders");

    /** What nodes tell each other of traces; only those that trace listen. */
    public static final Topic TRACES = new Topic("/traces");

    /** Where a chat client that names no topic belongs. */
    public static final Topic DEFAULT_CHAT = new Topic("chat-messages");

    private static final Pattern CLIENT_NAME = Pattern.compile(PATTERN);

    /** True where a client may use this name. */
    public static boolean isValid(String name) {
        return CLIENT_NAME.matcher(name).matches();
    }

    /** Whether what is published to it comes from clients, and is for them. */
    public boolean isClients() {
        return !equals(FLEET) && !equals(ORDERS) && !equals(TRACES);
    }

    /** Whether its messages have positions and are kept for a while; the others only pass. */
    public boolean hasHistory() {
        return !equals(BROADCAST) && !equals(FLEET) && !equals(TRACES);
    }

    @Override
    public String toString() {
        return name;
    }
}
