package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SlowConsumerLogTest {
    private static final Logger LOGGER = Logger.getLogger("io.tidegate.hub");

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            lines.add(new SimpleFormatter().formatMessage(logged));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final SlowConsumerLog log = new SlowConsumerLog();

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void leave() {
        LOGGER.removeHandler(handler);
    }

    @Test
    void aBurstIsOneLineInTenSecondsAndNoneIsLeftOut() {
        for (int tick = 0; tick < 60; tick++) {
            for (int i = 0; i < 100; i++) {
                log.closed("c-" + (tick * 100 + i));
            }
            log.tick(TimeUnit.MILLISECONDS.toNanos(50L * tick));
        }
        log.tick(TimeUnit.SECONDS.toNanos(10));

        assertEquals(List.of(line("100", "c-99"), line("5900", "c-5999")), lines);
    }

    @Test
    void nothingIsSaidWhereNobodyIsClosed() {
        log.tick(0);
        log.tick(TimeUnit.HOURS.toNanos(1));

        assertEquals(List.of(), lines);
    }

    private static String line(String number, String last) {
        return "Closed " + number
                + " connections as slow consumers (1013), because they read more slowly than messages come;"
                + " the last one is " + last;
    }
}
