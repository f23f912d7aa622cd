package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a connection on {@code tidegate.v1} says to the topic {@code tea}, and what it gets, in brief. */
final class Stories {
    private static final Pattern POSITION = Pattern.compile("\"position\":\"([^\"]+)\"");
    private static final Pattern MESSAGE = Pattern.compile("\"message\":\"?([^\",]+)\"?,\"timestamp\"");

    private Stories() {}

    static void publish(Client client, Object message) throws InterruptedException {
        client.says("{\"topic\":\"tea\",\"message\":\"" + message + "\"}");
    }

    static void subscribe(Client client, String after) throws InterruptedException {
        client.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"" + after + "\"}");
    }

    /** The frames of the client so far without its welcome: "subscribed true", "message a", "unsubscribed". */
    static List<String> story(Client client) {
        return client.transport().texts().stream().skip(1).map(Stories::brief).toList();
    }

    private static String brief(String frame) {
        if (frame.contains("\"type\":\"message\"")) {
            Matcher message = MESSAGE.matcher(frame);
            assertTrue(message.find(), frame);
            return message.group(1);
        }
        String type = frame.replaceFirst("\\{\"type\":\"([a-z]+)\".*", "$1");
        return type.equals("subscribed") ? type + " " + frame.contains("\"recovered\":true") : type;
    }

    static void awaitStory(Client client, String... story) {
        Await.until(
                () -> "story: " + story(client),
                Duration.ofSeconds(10),
                () -> story(client).equals(List.of(story)));
    }

    /** A client whose delivery has begun: what is published from now on it gets. */
    static Client joined(HubFixture fixture) throws InterruptedException {
        Client client = fixture.connectFull("tea");
        awaitStory(client, "subscribed true");
        return client;
    }

    static String lastPosition(Client client) {
        Matcher position = POSITION.matcher(client.transport().texts().getLast());
        assertTrue(position.find());
        return position.group(1);
    }
}
