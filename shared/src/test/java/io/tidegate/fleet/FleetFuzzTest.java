package io.tidegate.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Reports of nodes that are none; {@code -Djqwik.tries.default=1000000} tries more of them. */
class FleetFuzzTest {
    private static final long NOW = 1_800_000_000_000L;

    @Property
    void bytesAreAReportOrNone(@ForAll("reports") byte[] bytes) {
        NodeReport.read(new Message(Opcode.TEXT, bytes), NOW)
                .ifPresent(report -> assertEquals(Optional.of(report), NodeReport.read(report.message(), NOW)));
    }

    @Provide
    Arbitrary<byte[]> reports() {
        return Arbitraries.longs().map(seed -> {
            Random random = new Random(seed);
            byte[] bytes = new NodeReport(
                            "i-1",
                            random.nextInt(1_000),
                            "tidegate",
                            "pod-7",
                            "mp",
                            3,
                            2,
                            10_000,
                            true,
                            new NodeReport.Revision("7d9f8b6c5", random.nextInt(9_000), true))
                    .message()
                    .payload();
            for (int i = random.nextInt(4); i > 0; i--) {
                byte[] some = "0123456789\"{}[],:\\n-e. \0\u00ff".getBytes(UTF_8);
                bytes[random.nextInt(bytes.length)] = some[random.nextInt(some.length)];
            }
            return bytes;
        });
    }
}
