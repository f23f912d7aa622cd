package io.tidegate.hostile;

import static io.tidegate.hostile.Hostile.frame;
import static io.tidegate.hostile.Hostile.handshake;
import static io.tidegate.hostile.Hostile.hex;
import static io.tidegate.hostile.Hostile.times;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;

/** The attacks of a stranger. One attack takes about a second at most, and ends its connections in some way. */
public enum Attack {
    GARBAGE {
        @Override
        void once(Ports ports, Random random) throws IOException {
            byte[] bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            on(ports.any(random), random, bytes);
        }
    },
    HALF_REQUESTS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            byte[] whole =
                    handshake("/chat", "X: " + "y".repeat(random.nextInt(200))).getBytes(UTF_8);
            on(ports.any(random), random, Arrays.copyOf(whole, random.nextInt(whole.length)));
        }
    },
    REQUESTS_IN_TWO_WAYS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            String head = pick(HEADS, random);
            try (Hostile hostile = new Hostile(ports.any(random))) {
                hostile.send("POST / HTTP/1.1\r\nHost: a\r\n" + head + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                hostile.read(Integer.MAX_VALUE);
            }
        }
    },
    OTHER_PROTOCOLS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            on(
                    ports.any(random),
                    random,
                    pick(PROTOCOLS, random).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    },
    SLOW_HEADS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            try (Hostile hostile = new Hostile(ports.any(random))) {
                for (char c : "GET / HTTP".toCharArray()) {
                    hostile.send(String.valueOf(c));
                    hostile.read(1); // waits for a moment, in which nothing comes
                }
                hostile.reset();
            }
        }
    },
    SLOW_BODIES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            try (Hostile hostile = new Hostile(ports.any(random))) {
                hostile.send("POST /api/broadcast HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
                hostile.send("x");
                hostile.read(Integer.MAX_VALUE);
            }
        }
    },
    SILENT_CONNECTIONS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            crowd(20, () -> new Hostile(ports.any(random)));
        }
    },
    SILENT_HANDSHAKES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            crowd(100, () -> Hostile.webSocket(ports.webSocket(), "/chat?topic=hostile"));
        }
    },
    BAD_TOKENS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            on(
                    ports.webSocket(),
                    random,
                    handshake("/chat?access_token=a.b.c" + random.nextInt()).getBytes(UTF_8));
        }
    },
    WRONG_FRAMES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            afterHandshake(ports, random, hex(pick(FRAMES, random)));
        }
    },
    RANDOM_FRAMES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            byte[] bytes = new byte[1 + random.nextInt(500)];
            random.nextBytes(bytes);
            afterHandshake(ports, random, bytes);
        }
    },
    RANDOM_REQUESTS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            try (Hostile hostile = full(ports)) {
                for (int i = 0; i < 100; i++) {
                    hostile.send(frame(0x81, pick(REQUESTS, random).getBytes(UTF_8)));
                }
                hostile.read(1 << 20);
            }
        }
    },
    CLOSE_CODES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            int code = random.nextInt(1 << 16);
            afterHandshake(ports, random, frame(0x88, new byte[] {(byte) (code >>> 8), (byte) code, 'x'}));
        }
    },
    FRAGMENTS_OF_ONE_BYTE {
        @Override
        void once(Ports ports, Random random) throws IOException {
            byte[] fragment = frame(0, new byte[] {'x'});
            afterHandshake(ports, random, frame(1, new byte[] {'x'}), times(4_096, fragment));
        }
    },
    PINGS_WITHOUT_READING {
        @Override
        void once(Ports ports, Random random) throws IOException {
            flood(ports, random, times(4_096, frame(0x89, new byte[125])));
        }
    },
    PONGS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            flood(ports, random, times(8_192, frame(0x8a, new byte[0])));
        }
    },
    MESSAGES_WITHOUT_READING {
        @Override
        void once(Ports ports, Random random) throws IOException {
            flood(ports, random, times(4, frame(0x82, new byte[60_000])));
        }
    },
    SUBSCRIBES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            String again = "{\"type\":\"subscribe\",\"topic\":\"hostile\",\"last\":1000}";
            try (Hostile hostile = full(ports)) {
                hostile.send(times(1_000, frame(0x81, again.getBytes(UTF_8))));
                hostile.reset();
            }
        }
    },
    TOPICS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            try (Hostile hostile = full(ports)) {
                for (int i = 0; i < 500; i++) {
                    String topic = "hostile." + random.nextInt();
                    hostile.send(frame(
                            0x81, ("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\",\"last\":9}").getBytes(UTF_8)));
                }
                hostile.reset();
            }
        }
    },
    BOMBS {
        @Override
        void once(Ports ports, Random random) throws IOException {
            try (Hostile hostile = compressing(ports)) {
                hostile.send(BOMB);
                hostile.read(1 << 20);
            }
        }
    },
    HALVES {
        @Override
        void once(Ports ports, Random random) throws IOException {
            try (Hostile hostile = Hostile.webSocket(ports.webSocket(), "/chat?topic=hostile")) {
                hostile.endHalf();
            }
        }
    };

    /** 16 MiB of zeros in 16 KiB. */
    private static final byte[] BOMB = frame(0xc2, deflated(16 << 20));

    private static final List<String> HEADS = List.of(
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
            "Content-Length: +5\r\n\r\nhello",
            "Transfer-Encoding: identity\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nx",
            ": nameless\r\n\r\n",
            "X: folded\r\n line\r\n\r\n",
            "X: a\0b\r\n\r\n");

    private static final List<String> PROTOCOLS = List.of(
            "GET /\r\n\r\n",
            "GET http://elsewhere/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(5_000) + "\r\n",
            "GET /" + "x".repeat(50_000) + " HTTP/1.1\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "x".repeat(300));

    /** Reserved bits and opcodes, wrong lengths, and frames that are not masked, not UTF-8, or out of order. */
    private static final List<String> FRAMES = List.of(
            "c1 80 00000000",
            "83 80 00000000",
            "8b 80 00000000",
            "81 01 61",
            "09 80 00000000",
            "80 80 00000000",
            "01 80 00000000 81 80 00000000",
            "82 ff 7fffffffffffffff 00000000",
            "82 ff ffffffffffffffff 00000000",
            "82 ff 0000000000000001 00000000 61",
            "82 fe 0001 00000000 61",
            "89 fe 007e 00000000",
            "81 81 00000000 ff",
            "01 81 00000000 f0 00 81 00000000 9f 80 81 00000000 41",
            "88 81 00000000 03",
            "88 82 00000000 03ed",
            "88 83 00000000 03e8 ff",
            "81 81 00000000");

    private static final List<String> REQUESTS = List.of(
            "{}",
            "{\"type\":\"x\"}",
            "{\"type\":\"subscribe\",\"topic\":\"a b\"}",
            "{\"type\":\"subscribe\",\"topic\":\"hostile\",\"after\":\"0-99999999999999999999\"}",
            "{\"type\":\"subscribe\",\"topic\":\"hostile\",\"after\":\"zz-1\"}",
            "{\"type\":\"publish\",\"topic\":\"hostile\",\"message\":" + "[".repeat(5_000) + "}",
            "{\"type\":\"publish\",\"topic\":\"hostile\",\"message\":1e999999,\"id\":1e999999}",
            "{\"" + "n".repeat(50_000) + "\":1}",
            "{\"type\":\"token\",\"token\":\"a.b.c\"}",
            "\u0000",
            "[");

    /** Attacks once. */
    abstract void once(Ports ports, Random random) throws IOException;

    /** The ports of a server; the API's is 0 where there is no API. */
    public record Ports(int webSocket, int management, int api) {
        int any(Random random) {
            int port = random.nextInt(3);
            return port == 0 ? webSocket : port == 1 || api == 0 ? management : api;
        }
    }

    @FunctionalInterface
    private interface Opening {
        Hostile open() throws IOException;
    }

    /**
     * A connection with compression. If the server does not compress, the reserved bit of the first frame is an error.
     */
    private static Hostile compressing(Ports ports) throws IOException {
        return Hostile.webSocket(
                ports.webSocket(), "/chat?topic=hostile", "Sec-WebSocket-Extensions: permessage-deflate");
    }

    /** Zeros, as permessage-deflate sends them. */
    private static byte[] deflated(int zeros) {
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
            deflater.setInput(new byte[zeros]);
            byte[] out = new byte[zeros / 100 + 100];
            int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
            return Arrays.copyOf(out, size - 4);
        }
    }

    private static void on(int port, Random random, byte[] bytes) throws IOException {
        try (Hostile hostile = new Hostile(port)) {
            hostile.send(bytes);
            leave(hostile, random);
        }
    }

    private static void afterHandshake(Ports ports, Random random, byte[]... frames) throws IOException {
        try (Hostile hostile = Hostile.webSocket(ports.webSocket(), "/chat?topic=hostile")) {
            for (byte[] each : frames) {
                hostile.send(each);
            }
            leave(hostile, random);
        }
    }

    /** Half of the connections wait for an answer, the others are reset. */
    private static void leave(Hostile hostile, Random random) throws IOException {
        if (random.nextBoolean()) {
            hostile.read(Integer.MAX_VALUE);
        } else {
            hostile.reset();
        }
    }

    /** Sends for a fifth of a second or more, as fast as the server reads, and reads nothing. */
    private static void flood(Ports ports, Random random, byte[] bytes) throws IOException {
        try (Hostile hostile = Hostile.webSocket(ports.webSocket(), "/chat?topic=flood." + random.nextInt())) {
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < 200_000_000L) {
                hostile.send(bytes);
            }
            hostile.reset();
        }
    }

    private static void crowd(int size, Opening opening) throws IOException {
        List<Hostile> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                crowd.add(opening.open());
            }
        } finally {
            for (Hostile hostile : crowd) {
                hostile.close();
            }
        }
    }

    private static Hostile full(Ports ports) throws IOException {
        return Hostile.webSocket(ports.webSocket(), "/chat", "Sec-WebSocket-Protocol: tidegate.v1");
    }

    private static String pick(List<String> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }
}
