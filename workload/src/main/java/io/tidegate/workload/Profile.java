package io.tidegate.workload;

import java.net.URI;
import java.util.List;

/**
 * The clients of a pool.
 *
 * @param targets {@code ws://host:port/path} of the fleet; a client that loses one target goes to the next
 * @param mix of wires
 * @param topics of the chat
 * @param size bytes of a message, padded; the identification takes up to 40
 * @param readers additional clients on the plain wire that read a message a second; the server should close them
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

    /** The chat address of each target. */
    String[] chats() {
        return targets.stream().map(target -> address(target, CHAT)).toArray(String[]::new);
    }

    /** An address at one of the targets, in turn. */
    URI address(int turn, String path) {
        return URI.create(address(targets.get(Math.floorMod(turn, targets.size())), path));
    }

    private static String address(URI target, String path) {
        return target.getScheme() + "://" + target.getRawAuthority() + prefix(target) + path;
    }

    /** The prefix of the server's own paths: {@code tidegate.path}, or a part that a proxy removes. */
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
                    "target " + target + "; allowed is a URL such as ws://localhost:8080, with a port from 1 to "
                            + LAST_PORT + " and without a query");
        }
    }
}
