package io.tidegate.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixTest {

    @Test
    void oneWireIsForAll() {
        assertEquals(Mix.of(Wire.PLAIN), Mix.parse("plain"));
        assertEquals(new Mix(Map.of(Wire.V1, 90, Wire.PLAIN, 10)), Mix.parse("v1=90, PLAIN=10"));
    }

    @Test
    void anyRunOfClientsIsMixedAsTheWhole() {
        Mix mix = Mix.parse("v1=80,plain=10,broadcast=10");
        for (int from = 0; from < 1_000; from += 100) {
            long full = IntStream.range(from, from + 100)
                    .filter(client -> mix.of(client) == Wire.V1)
                    .count();
            assertTrue(full >= 78 && full <= 82, full + " of 100");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v2", "v1=some", "v1=0", "v1=-1,plain=2", "v1=9=9"})
    void whatIsNoMixIsRefusedWithWhatIsAllowed(String text) {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> Mix.parse(text))
                .getMessage());
        assertTrue(message.contains("allowed are"), message);
    }
}
