package io.tidegate.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LibraryLogTest {
    private final ManualClock clock = new ManualClock();
    private final LibraryLog log = new LibraryLog(clock);

    @Test
    void anExceptionOfALibraryIsOneLineAMinuteWithoutItsTrace() {
        LogRecord first = record("io.netty.util.concurrent.DefaultPromise", new ConnectException("timed\nout"));
        assertTrue(log.isLoggable(first));
        assertNull(first.getThrown());
        assertEquals("connecting to {redis}: java.net.ConnectException: timed out", first.getMessage());

        assertFalse(log.isLoggable(record("io.netty.util.concurrent.DefaultPromise", new ConnectException("again"))));
        assertTrue(log.isLoggable(record("io.netty.util.concurrent.DefaultPromise", new IOException("another kind"))));
        clock.advance(Duration.ofMinutes(1));
        assertTrue(log.isLoggable(record("io.netty.util.concurrent.DefaultPromise", new ConnectException("again"))));
    }

    @Test
    void whatTheWebServerFailsAtKeepsItsTraceOnceAMinute() {
        LogRecord first = record("io.helidon.webserver.http1.Http1Connection", new IllegalStateException("a defect"));
        assertTrue(log.isLoggable(first));
        assertNotNull(first.getThrown());
        assertFalse(log.isLoggable(
                record("io.helidon.webserver.http1.Http1Connection", new IllegalStateException("the same"))));
    }

    @Test
    void whatThisServerLogsIsLeftAsItIs() {
        for (int i = 0; i < 3; i++) {
            LogRecord own = record("io.tidegate.hub.Hub", new IllegalStateException("a defect"));
            assertTrue(log.isLoggable(own));
            assertNotNull(own.getThrown());
        }
    }

    @Test
    void theServersLoggingUsesIt() throws IOException {
        Properties properties = new Properties();
        try (InputStream file = LibraryLog.class.getResourceAsStream("/logging.properties")) {
            properties.load(file);
        }
        assertEquals(LibraryLog.class.getName(), properties.getProperty("java.util.logging.ConsoleHandler.filter"));
    }

    private static LogRecord record(String logger, Exception thrown) {
        LogRecord record = new LogRecord(Level.WARNING, "connecting to {redis}");
        record.setLoggerName(logger);
        record.setThrown(thrown);
        return record;
    }
}
