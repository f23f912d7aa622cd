package io.tidegate.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A client that is shown a topic's presence, frame by frame, and reconnects by itself, without a client library. Changes
 * that it missed meanwhile are logged as the difference of two lists.
 */
final class PresenceWatcher implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final String topic;
    private final URI url;
    private final PresenceLog log;
    private final Thread thread;
    private final AtomicReference<@Nullable WebSocket> socket = new AtomicReference<>();
    private final Set<String> shown = new HashSet<>();
    private final AtomicInteger connections = new AtomicInteger();
    private Set<String> list = new HashSet<>();

    /**
     * Users with a change between two pages of the list, and whether they are there. The change is newer than the pages.
     */
    private final Map<String, Boolean> newer = new HashMap<>();

    private boolean listed;
    private volatile boolean closed;

    PresenceWatcher(String name, String topic, URI url, PresenceLog log) {
        this.name = name;
        this.topic = topic;
        this.url = url;
        this.log = log;
        this.thread = Thread.ofVirtual().name(name).start(this::run);
    }

    /** The users that are shown. */
    synchronized Set<String> shown() {
        return Set.copyOf(shown);
    }

    /** Whether a whole list has come. */
    synchronized boolean isListed() {
        return listed;
    }

    /** Whether the watcher has never lost its connection. */
    boolean isSteady() {
        return connections.get() == 1;
    }

    String name() {
        return name;
    }

    private void run() {
        while (!closed) {
            CountDownLatch ended = new CountDownLatch(1);
            begin();
            try {
                WebSocket own = HTTP.newWebSocketBuilder()
                        .subprotocols("tidegate.v1")
                        .buildAsync(url, new Frames(ended))
                        .join();
                socket.set(own);
                connections.incrementAndGet();
                var unused =
                        own.sendText("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\",\"presence\":true}", true);
                ended.await();
            } catch (CompletionException e) {
                // The connection is tried again.
            } catch (InterruptedException e) {
                return;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(100, 600));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Drops a list that has not come to its end. */
    private synchronized void begin() {
        list = new HashSet<>();
        newer.clear();
    }

    private final class Frames implements WebSocket.Listener {
        private final CountDownLatch ended;
        private final StringBuilder text = new StringBuilder();

        Frames(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String frame = text.toString();
                text.setLength(0);
                try {
                    take(JSON.readTree(frame));
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException("no JSON: " + frame, e);
                }
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ended.countDown();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ended.countDown();
        }
    }

    private synchronized void take(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "join" -> join(frame.path("user").asText());
            case "leave" -> leave(frame.path("user").asText());
            case "presence" -> {
                frame.path("joined").forEach(user -> join(user.asText()));
                frame.path("left").forEach(user -> leave(user.asText()));
                frame.path("users").forEach(user -> list.add(user.path("user").asText()));
                if (frame.has("more") && !frame.path("more").asBoolean()) {
                    takeList();
                }
            }
            default -> {
                // Messages of the topic, and heartbeats.
            }
        }
    }

    private void takeList() {
        Set<String> before = Set.copyOf(shown);
        Set<String> now = list;
        newer.forEach((user, isThere) -> {
            if (isThere) {
                now.add(user);
            } else {
                now.remove(user);
            }
        });
        begin();
        now.stream().filter(user -> !before.contains(user)).forEach(this::join);
        before.stream().filter(user -> !now.contains(user)).forEach(this::leave);
        listed = true;
    }

    private void join(String user) {
        note(user, true);
        if (shown.add(user)) {
            log.joined(name, user);
        }
    }

    /** Notes a change that is newer than the pages. Without a list under way nothing is noted. */
    private void note(String user, boolean isThere) {
        if (!list.isEmpty()) {
            newer.put(user, isThere);
        }
    }

    private void leave(String user) {
        note(user, false);
        if (shown.remove(user)) {
            log.left(name, user);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        WebSocket own = socket.get();
        if (own != null) {
            own.abort();
        }
    }
}
