package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the time of a body and its end do where they meet. */
class BodyTimeoutTest {
    private static final Duration LATE = Duration.ofSeconds(11);

    private final AtomicLong nanos = new AtomicLong();
    private final BodyTimeout bodies = new BodyTimeout(Duration.ofSeconds(10), nanos::get);
    private final List<String> done = new ArrayList<>();
    private final ConnectionContext context = context();

    @Test
    void aBodyThatComesInTimeIsReadAndNobodyAnswersForIt() throws IOException {
        nanos.addAndGet(LATE.toNanos());
        assertEquals("body", bodies.read(context, () -> done.add("late"), () -> "body"));
        nanos.addAndGet(LATE.toNanos());
        bodies.answerOverdue();
        assertEquals(List.of(), done);
    }

    @Test
    void aBodyThatDoesNotComeIsAnsweredOnceAndItsSocketClosed() {
        IOException late = assertThrows(
                IOException.class,
                () -> bodies.read(context, () -> done.add("late"), () -> {
                    nanos.addAndGet(LATE.toNanos());
                    bodies.answerOverdue();
                    bodies.answerOverdue();
                    return "too late";
                }));
        assertTrue(String.valueOf(late.getMessage()).contains("longer"));
        assertEquals("late", done.getFirst());
        assertTrue(done.get(1).startsWith("HTTP/1.1 408 Request Timeout\r\n"), done::toString);
        assertTrue(done.get(2).contains("\"status\":408"), done::toString);
        assertEquals("closed", done.get(3));
        assertEquals(4, done.size());
    }

    @Test
    void whoFailsIsNotAnswered() {
        assertThrows(
                IOException.class,
                () -> bodies.read(context, () -> done.add("late"), () -> {
                    throw new IOException("reset");
                }));
        bodies.failed(context);
        nanos.addAndGet(LATE.toNanos());
        bodies.answerOverdue();
        assertEquals(List.of(), done);
    }

    @Test
    void roomIsBoundedAndGivenBack() throws InterruptedException {
        BodyTimeout impatient = new BodyTimeout(Duration.ofMillis(2), nanos::get);
        int size = 1 << 22;
        int taken = 0;
        while (impatient.reserve(size)) {
            taken++;
        }
        assertTrue(taken > 0);
        assertFalse(impatient.reserve(size));
        impatient.release(size);
        assertTrue(impatient.reserve(size));
    }

    private ConnectionContext context() {
        HelidonSocket socket = proxy(HelidonSocket.class, Map.of("close", arguments -> done.add("closed")));
        DataWriter writer = proxy(DataWriter.class, Map.of("writeNow", arguments -> {
            BufferData data = (BufferData) arguments[0];
            return done.add(data.readString(data.available()));
        }));
        return proxy(
                ConnectionContext.class,
                Map.of(
                        "hashCode",
                        arguments -> 1,
                        "serverSocket",
                        arguments -> socket,
                        "dataWriter",
                        arguments -> writer));
    }

    private static <T> T proxy(Class<T> type, Map<String, Function<Object[], Object>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Function<Object[], Object> answer = answers.get(method.getName());
                    if (answer == null) {
                        return proxy == arguments[0]; // equals
                    }
                    Object result = answer.apply(arguments == null ? new Object[0] : arguments);
                    return method.getReturnType() == void.class ? null : result;
                }));
    }
}
