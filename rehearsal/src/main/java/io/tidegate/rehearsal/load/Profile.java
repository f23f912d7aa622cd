package io.tidegate.rehearsal.load;

import java.net.URI;
import java.util.List;

/**
 * What a pool is made of.
 *
 * @param targets {@code ws://host:port/path} of the fleet; a client that loses one goes to the next
 * @param mix of wires
 * @param topics of the chat
 * @param size bytes of a message, padded; what names it takes up to 40
 * @param readers on the plain wire who read a message a second, beside the others; they are to be thrown out
 */
public record Profile(List<URI> targets, Mix mix, Topics topics, int size, int readers) {
    private static final String CHAT = "/chat";
    private static final int LAST_PORT = 65_535;

    public Profile {
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("no target; allowed are one or more of ws://host:port");
        }
        targets.forEach(Profile::require);
    }

    /** Clients of {@code tidegate.v1} in one topic each, and messages of 64 bytes. */
    public static Profile of(List<URI> targets, int topics) {
        return new Profile(targets, Mix.of(Wire.V1), new Topics(topics, 1), 64, 0);
    }

    /** The chat of each target. */
    String[] chats() {
        return targets.stream().map(target -> address(target, CHAT)).toArray(String[]::new);
    }

    /** An address at the target whose turn it is. */
    URI address(int turn, String path) {
        return URI.create(address(targets.get(Math.floorMod(turn, targets.size())), path));
    }

    private static String address(URI target, String path) {
        return target.getScheme() + "://" + target.getRawAuthority() + prefix(target) + path;
    }

    /** What stands before the server's own paths: {@code tidegate.path}, or what a proxy takes away. */
    private static String prefix(URI target) {
        String path = target.getRawPath().replaceFirst("/$", "");
        return path.endsWith(CHAT) ? path.substring(0, path.length() - CHAT.length()) : path;
    }

    private static void require(URI target) {
        boolean webSocket = "ws".equalsIgnoreCase(target.getScheme()) || "wss".equalsIgnoreCase(target.getScheme());
        boolean port = target.getPort() == -1 || (target.getPort() >= 1 && target.getPort() <= LAST_PORT);
        if (!webSocket
                || target.getHost() == null
                || !port
                || target.getRawQuery() != null
                || target.getFragment() != null) {
            throw new IllegalArgumentException(
                    "target " + target + "; allowed is such as ws://localhost:8080, with a port from 1 to " + LAST_PORT
                            + " and without a query");
        }
    }
}
