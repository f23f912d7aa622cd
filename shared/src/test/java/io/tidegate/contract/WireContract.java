package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerFrames.Frame;
import io.tidegate.testing.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Contract, sections 2 and 4: what the two endpoints say on the plain wire. */
abstract class WireContract extends OneServer {
    private static final Pattern CHAT =
            Pattern.compile("\\{\"user\":\"ann\",\"message\":\"hi\",\"timestamp\":(\\d{13})}");

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.limits.rate", "50");
    }

    @Test
    void aBroadcastReachesEverybodyTheSenderTooByteForByte() {
        try (RawClient ann = RawClient.connect(server.port(), "/");
                RawClient ben = RawClient.connect(server.port(), "/");
                RawClient chat = RawClient.connect(server.port(), "/chat")) {
            ann.text("not even {json");
            ann.send(ClientFrames.binary(new byte[] {0, 1, (byte) 0xFF}));
            for (RawClient client : java.util.List.of(ann, ben)) {
                assertEquals("not even {json", client.message());
                Frame binary = client.frame();
                assertEquals(Opcode.BINARY, binary.opcode());
                assertArrayEquals(new byte[] {0, 1, (byte) 0xFF}, binary.payload());
            }
            chat.text("{\"message\":\"only this\"}");
            assertTrue(chat.message().startsWith("{\"message\":\"only this\""));
        }
    }

    @Test
    void theArticlesChatClientGetsWhatItExpects() {
        try (RawClient ann = RawClient.connect(server.port(), "/chat");
                RawClient ben = RawClient.connect(server.port(), "/chat?topic=chat-messages")) {
            long before = System.currentTimeMillis();
            ann.text("{\"user\":\"ann\",\"message\":\"hi\"}");
            for (RawClient client : java.util.List.of(ann, ben)) {
                java.util.regex.Matcher chat = CHAT.matcher(client.message());
                assertTrue(chat.matches());
                long timestamp = Long.parseLong(chat.group(1));
                assertTrue(timestamp >= before && timestamp <= System.currentTimeMillis());
            }
        }
    }

    @Test
    void topicsAreApart() {
        try (RawClient tea = RawClient.connect(server.port(), "/chat?topic=tea");
                RawClient coffee = RawClient.connect(server.port(), "/chat?topic=coffee")) {
            tea.text("{\"message\":\"tea\"}");
            coffee.text("{\"message\":\"coffee\"}");
            assertTrue(tea.message().contains("\"tea\""));
            assertTrue(coffee.message().contains("\"coffee\""));
        }
    }

    @Test
    void badInputGetsOneErrorToItsSenderAloneAndTheConnectionGoesOn() {
        try (RawClient ann = RawClient.connect(server.port(), "/chat?topic=errors");
                RawClient ben = RawClient.connect(server.port(), "/chat?topic=errors")) {
            ann.text("hello");
            assertTrue(ann.message().startsWith("{\"type\":\"error\",\"code\":\"invalid-json\""));
            ann.text("[1]");
            assertTrue(ann.message().startsWith("{\"type\":\"error\",\"code\":\"invalid-frame\""));
            ann.send(ClientFrames.binary(new byte[3]));
            assertTrue(ann.message().startsWith("{\"type\":\"error\",\"code\":\"invalid-frame\""));
            ann.text("{\"message\":1}");
            assertTrue(ann.message().startsWith("{\"message\":1,"));
            assertTrue(ben.message().startsWith("{\"message\":1,"));
        }
    }

    @Test
    void aClientAboveItsRateIsToldAndThenClosed() {
        try (RawClient ann = RawClient.connect(server.port(), "/chat?topic=flood");
                RawClient ben = RawClient.connect(server.port(), "/chat?topic=flood")) {
            java.io.ByteArrayOutputStream flood = new java.io.ByteArrayOutputStream();
            for (int i = 0; i < 200; i++) {
                flood.writeBytes(ClientFrames.text("{\"message\":" + i + "}"));
            }
            ann.send(flood.toByteArray());
            int errors = 0;
            Frame frame = ann.frame();
            while (frame.opcode() != Opcode.CLOSE) {
                errors += frame.text().contains("\"code\":\"rate-limited\"") ? 1 : 0;
                frame = ann.frame();
            }
            assertEquals(1008, frame.closeCode());
            assertTrue(errors >= 50, () -> "told often enough");
            ben.text("{\"message\":\"unharmed\"}");
            String last = ben.message();
            while (!last.contains("unharmed")) {
                last = ben.message();
            }
        }
    }

    /** Their publishers are answered, so that they need not be told otherwise; TCP slows them down. */
    @Test
    void aClientOfTheFullWireAboveItsRateIsReadMoreSlowlyAndLosesNothing() {
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            long start = System.nanoTime();
            for (int i = 0; i < 150; i++) {
                ann.publish("eager", "m" + i, "m" + i);
            }
            for (int i = 0; i < 150; i++) {
                assertEquals("m" + i, ann.expect("ack").field("id"));
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis >= 1_900, () -> "150 messages at 50 a second after " + millis + " ms");
        }
    }

    @Test
    void heartbeatsAndPingsComeAndASilentClientIsClosed() {
        Map<String, String> settings = Map.of("tidegate.heartbeat", "200ms", "tidegate.idle", "1s");
        try (ServerProcess lively = ServerProcess.start(jar(), settings);
                RawClient silent = RawClient.connect(lively.port(), "/")) {
            Frame heartbeat = silent.frame();
            assertTrue(heartbeat.text().matches("\\{\"type\":\"heartbeat\",\"timestamp\":\\d{13}}"), heartbeat::text);
            assertEquals(Opcode.PING, silent.frame().opcode());
            Frame frame = silent.frame();
            while (frame.opcode() != Opcode.CLOSE) {
                frame = silent.frame();
            }
            assertEquals(1011, frame.closeCode());
        }
    }

    /** A client that is not ours, with a WebSocket stack that answers pings and closes by itself. */
    @Test
    void theJdksOwnClientIsServed() throws InterruptedException {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket client = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://localhost:" + server.port() + "/chat?topic=jdk"), new WebSocket.Listener() {
                            private final StringBuilder message = new StringBuilder();

                            @Override
                            public @Nullable CompletionStage<?> onText(
                                    WebSocket socket, CharSequence data, boolean last) {
                                message.append(data);
                                if (last) {
                                    received.add(message.toString());
                                    message.setLength(0);
                                }
                                socket.request(1);
                                return null;
                            }

                            @Override
                            public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                                received.add("closed " + code);
                                return null;
                            }
                        })
                .join();
        client.sendText("{\"user\":\"jdk\",", false).join();
        client.sendText("\"message\":\"grüße\"}", true).join();
        assertTrue(String.valueOf(received.poll(10, TimeUnit.SECONDS))
                .startsWith("{\"user\":\"jdk\",\"message\":\"grüße\","));
        client.sendClose(1000, "bye").join();
        assertEquals("closed 1000", received.poll(10, TimeUnit.SECONDS));
    }

    /** What {@code helm test} starts, from the image of either runtime. */
    @Test
    void theServersOwnJarMakesARoundTripThroughIt() throws Exception {
        Process roundTrip = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        jar().toString(),
                        "io.tidegate.node.RoundTrip",
                        "ws://localhost:" + server.port(),
                        "20s")
                .redirectErrorStream(true)
                .start();
        String output = new String(roundTrip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, roundTrip.waitFor(), output);
        assertTrue(output.startsWith("Round trip through ws://localhost:" + server.port()), output);
    }
}
