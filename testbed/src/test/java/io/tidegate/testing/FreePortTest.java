package io.tidegate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortTest {
    private static final int CONNECTIONS = 32_768;

    /** As many as a test run needs: among so many random ports some would be equal. */
    @Test
    void noPortIsGivenTwiceOrToAConnection() {
        List<Integer> ports =
                IntStream.range(0, 1_000).mapToObj(i -> FreePort.find()).toList();
        assertEquals(1_000, Set.copyOf(ports).size());
        assertTrue(ports.stream().allMatch(port -> port > 1_024 && port < CONNECTIONS), ports::toString);
        List<Integer> buses =
                ports.stream().map(port -> port + FreePort.REDIS_BUS).toList();
        assertTrue(buses.stream().allMatch(port -> port < CONNECTIONS), buses::toString);
        assertTrue(Collections.disjoint(ports, buses));
    }
}
