package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.testing.RedisServer;
import java.time.Duration;

/** Lets time pass in a real Redis, whose clock nobody can set: all that it holds becomes older at once. */
final class RedisTime {
    /** What expires does so earlier; the times that the scripts have written are earlier ones. */
    private static final String AGE = """
            for _, key in ipairs(redis.call('KEYS', '*')) do \
            local left = redis.call('PTTL', key) \
            if left >= 0 and left < %1$d then redis.call('DEL', key) \
            elseif left >= 0 then redis.call('PEXPIRE', key, left - %1$d) end \
            if redis.call('TYPE', key).ok == 'hash' then \
            for _, field in ipairs({'born', 'turned'}) do \
            if redis.call('HEXISTS', key, field) == 1 then redis.call('HINCRBY', key, field, -%1$d) end end end end \
            return 1""";

    private RedisTime() {}

    static void pass(RedisServer redis, Duration time) {
        String script = AGE.formatted(time.toMillis());
        assertEquals(":1", redis.command("EVAL \"" + script + "\" 0"));
    }
}
