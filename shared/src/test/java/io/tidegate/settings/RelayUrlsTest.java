package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RelayUrlsTest {

    @Test
    void portsAreFilledIn() {
        assertEquals(urls("redis://redis:6379"), read("redis://redis").urls());
        assertEquals(urls("redis://redis:6380"), read("redis://redis:6380").urls());
        assertEquals(
                urls("rediss://[2001:db8::1]:6379"),
                read("rediss://[2001:db8::1]").urls());
    }

    @Test
    void severalAreACluster() {
        assertEquals(
                urls("redis://a:7000", "redis://b:7001", "redis://c:6379"),
                read("redis://a:7000, redis://b:7001,redis://c").urls());
    }

    @Test
    void sentinelsBecomeOneUrlEach() {
        List<URI> sentinels = urls("redis+sentinel://a:26379/main", "redis+sentinel://b:26380/main");

        assertEquals(sentinels, read("redis+sentinel://a,b:26380/main").urls());
        assertEquals(
                sentinels,
                read("redis+sentinel://a/main, redis+sentinel://b:26380/main").urls());
    }

    @Test
    void credentialsAreTakenOutOfTheUrls() {
        for (String url : List.of(
                "redis://tide:p%40ss%2Cw:rd@a",
                "redis://tide:p%40ss%2Cw:rd@a,redis://tide:p%40ss%2Cw:rd@b",
                "redis+sentinel://tide:p%40ss%2Cw:rd@a,b/main")) {
            RelayUrls relay = read(url);

            assertEquals(Optional.of("tide"), relay.username());
            assertEquals(Optional.of(new Secret("p@ss,w:rd")), relay.password());
            assertTrue(relay.urls().stream().allMatch(one -> one.getRawUserInfo() == null));
        }
    }

    @Test
    void passwordNeedsNoUser() {
        RelayUrls relay = read("redis://:hunter2@redis");

        assertEquals(Optional.empty(), relay.username());
        assertEquals(Optional.of(new Secret("hunter2")), relay.password());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                ",",
                "redis",
                "redis:6379",
                "redis:",
                "redis://",
                "REDIS://a",
                "http://a",
                "tcp://10.0.0.1:6379",
                "redis://a:0",
                "redis://a:65536",
                "redis://a:b",
                "redis://a_b",
                "redis://a/",
                "redis://a/1",
                "redis://a?timeout=1s",
                "redis://a#b",
                "redis://a,",
                "redis://a,b",
                "redis://a,rediss://b",
                "redis://a,redis+sentinel://b/main",
                "redis://hunter2@a",
                "redis://tide:@a",
                "redis://:one@a,redis://:two@b",
                "redis://:one@a,redis://b",
                "redis+sentinel://a",
                "redis+sentinel://a/",
                "redis+sentinel://a,/main",
                "redis+sentinel://a/main,redis+sentinel://b/other",
                "rediss+sentinel://a/main"
            })
    void anythingElseIsRefused(String text) {
        assertEquals(Optional.empty(), RelayUrls.FORMAT.read(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "redis://a:6379 redis://a:6379",
                "redis://a:6379,redis://b redis://a:6379,redis://b",
                "redis+sentinel://a:1,b:2/main redis+sentinel://a:1,b:2/main",
                "redis//a redis//a",
                "redis://tide:hunter2@a:6379 redis://***@a:6379",
                "redis://:hunter2@a,redis://:hunter2@b redis://***@b",
                "redis+sentinel://:hunter2@a,b/main redis+sentinel://***@a,b/main",
                "redis://hunter2@a redis://***@a",
                "redis://:hunter2#?/@,@a redis://***@a",
                "redis:hunter2@a ***@a",
                "redis://tide:hunter2 redis://tide:***",
                "redis://:hunter2/a redis://:***",
                "redis://a?password=hunter2 redis://a?***",
                "redis://a#hunter2 redis://a#***"
            })
    void whatMayBeASecretIsMasked(String text, String shown) {
        assertEquals(shown, RelayUrls.FORMAT.shown().apply(text));
    }

    @Test
    void noSecretOfAReadUrlIsPrinted() {
        assertFalse(read("redis://tide:hunter2@a").toString().contains("hunter2"));
    }

    private static RelayUrls read(String text) {
        return RelayUrls.FORMAT.read(text).orElseThrow(() -> new AssertionError(text));
    }

    private static List<URI> urls(String... urls) {
        return Stream.of(urls).map(URI::create).toList();
    }
}
