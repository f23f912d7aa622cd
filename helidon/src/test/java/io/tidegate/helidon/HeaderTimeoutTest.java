package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a request's headers and its deadline do where they meet, in either order. */
class HeaderTimeoutTest {
    private final AtomicLong nanos = new AtomicLong();
    private final HeaderTimeout heads = new HeaderTimeout(Duration.ofSeconds(10), nanos::get);
    private final List<String> done = new ArrayList<>();
    private final ConnectionContext context = context();

    /** Runs once, at the next look for this connection among the unfinished, and before what the look finds is removed. */
    private final AtomicReference<Runnable> beforeRemoval = new AtomicReference<>(HeaderTimeoutTest::nothing);

    /** Runs once, before the socket is closed. */
    private final AtomicReference<Runnable> beforeClose = new AtomicReference<>(HeaderTimeoutTest::nothing);

    @Test
    void headersThatComeInTimeGoOn() {
        begin();
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        heads.closeOverdue();
        WritableHeaders<?> headers = webSocket();
        heads.headers(context, headers);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        heads.closeOverdue();
        assertEquals(List.of(), done);
        assertEquals("websocket", headers.get(HeaderNames.UPGRADE).get());
    }

    @Test
    void headersThatComeTooLateAreClosedAndNoWebSocket() {
        begin();
        nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        beforeClose.set(() -> {
            assertThrows(CloseConnectionException.class, () -> heads.headers(context, webSocket()));
            done.add("refused");
        });
        heads.closeOverdue();
        assertEquals(List.of("refused", "closed"), done);
    }

    @Test
    void headersThatComeBeforeTheDeadlineHasTakenThemGoOnAndNobodyClosesTheirSocket() {
        begin();
        nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        beforeRemoval.set(() -> {
            heads.headers(context, webSocket());
            done.add("upgraded");
        });
        heads.closeOverdue();
        assertEquals(List.of("upgraded"), done);
    }

    @Test
    void theNextRequestOfAConnectionHasATimeOfItsOwn() {
        begin();
        nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        beforeRemoval.set(() -> {
            heads.headers(context, webSocket());
            begin();
        });
        heads.closeOverdue();
        heads.headers(context, webSocket());
        assertEquals(List.of(), done);
    }

    private void begin() {
        heads.prologue(context, HttpPrologue.create("HTTP/1.1", "HTTP", "1.1", Method.GET, "/", true));
    }

    private static WritableHeaders<?> webSocket() {
        return WritableHeaders.create().set(HeaderNames.UPGRADE, "WebSocket");
    }

    private ConnectionContext context() {
        HelidonSocket socket = proxy(HelidonSocket.class, Map.of("close", () -> {
            done.add("closed");
            return null;
        }));
        return proxy(
                ConnectionContext.class,
                Map.of(
                        "hashCode",
                        () -> {
                            runOnce(beforeRemoval);
                            return 1;
                        },
                        "serverSocket",
                        () -> {
                            runOnce(beforeClose);
                            return socket;
                        }));
    }

    private static void nothing() {}

    private static void runOnce(AtomicReference<Runnable> hook) {
        hook.getAndSet(HeaderTimeoutTest::nothing).run();
    }

    private static <T> T proxy(Class<T> type, Map<String, Supplier<@Nullable Object>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Supplier<@Nullable Object> answer = answers.get(method.getName());
                    if (answer == null) {
                        return proxy == arguments[0]; // equals
                    }
                    return answer.get();
                }));
    }
}
