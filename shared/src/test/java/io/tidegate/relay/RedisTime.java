package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.testing.RedisServer;
import java.time.Duration;

/** Does to a real Redis what only time and faults do: all that it holds gets older at once, or is what it was. */
final class RedisTime {
    /** What expires does so earlier; the times that the scripts have written are earlier ones. That of the saved, too. */
    private static final String AGE = """
            for db = 0, %2$d do redis.call('SELECT', db) \
            for _, key in ipairs(redis.call('KEYS', '*')) do \
            local left = redis.call('PTTL', key) \
            if left >= 0 and left < %1$d then redis.call('DEL', key) \
            elseif left >= 0 then redis.call('PEXPIRE', key, left - %1$d) end \
            if redis.call('TYPE', key).ok == 'hash' then \
            for _, field in ipairs({'born', 'turned', 'last'}) do \
            if (tonumber(redis.call('HGET', key, field) or '') or 0) > 0 then redis.call('HINCRBY', key, field, -%1$d) end end end end end \
            return 1""";

    private static final String COPY = """
            redis.call('SELECT', %2$d) redis.call('FLUSHDB') \
            redis.call('SELECT', %1$d) \
            for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('COPY', key, key, 'DB', %2$d) end \
            return 1""";

    static final int PLACES = 3;

    private RedisTime() {}

    static void pass(RedisServer redis, Duration time) {
        run(redis, AGE.formatted(time.toMillis(), PLACES));
    }

    /** The nodes of a cluster have no places. */
    static void passInCluster(RedisServer redis, Duration time) {
        run(redis, AGE.formatted(time.toMillis(), 0));
    }

    /** Keeps all of it for {@link #restore}, in one of {@link #PLACES}. */
    static void save(RedisServer redis, int place) {
        run(redis, COPY.formatted(0, 1 + place));
    }

    static void restore(RedisServer redis, int place) {
        run(redis, COPY.formatted(1 + place, 0));
    }

    private static void run(RedisServer redis, String script) {
        assertEquals(":1", redis.command("EVAL \"" + script + "\" 0"));
    }
}
