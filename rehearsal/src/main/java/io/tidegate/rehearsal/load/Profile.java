package io.tidegate.rehearsal.load;

import java.net.URI;
import java.util.List;

/**
 * What a crowd is made of.
 *
 * @param targets {@code ws://host:port} of the fleet; a client that loses one goes to the next
 * @param mix of wires
 * @param topics of the chat
 * @param size bytes of a message, padded; what names it takes up to 40
 * @param readers on the plain wire who read a message a second, beside the others; they are to be thrown out
 */
public record Profile(List<URI> targets, Mix mix, Topics topics, int size, int readers) {

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
        return targets.stream().map(target -> address(target, "/chat")).toArray(String[]::new);
    }

    /** An address at the target whose turn it is. */
    URI address(int turn, String path) {
        return URI.create(address(targets.get(Math.floorMod(turn, targets.size())), path));
    }

    private static String address(URI target, String path) {
        return target.getScheme() + "://" + target.getRawAuthority() + path;
    }

    private static void require(URI target) {
        boolean webSocket = "ws".equalsIgnoreCase(target.getScheme()) || "wss".equalsIgnoreCase(target.getScheme());
        if (!webSocket || target.getHost() == null) {
            throw new IllegalArgumentException("target " + target + "; allowed is such as ws://localhost:8080");
        }
    }
}
