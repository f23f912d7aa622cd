package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import io.tidegate.settings.Settings;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.client.RedisClusterDownException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisLoadingException;
import org.redisson.client.RedisResponseTimeoutException;
import org.redisson.client.WriteRedisConnectionException;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;

/** The link to a real Redis, and what an operator reads when it is lost. */
class RedissonLinkTest extends LinkContract {
    @SuppressWarnings("NullAway.Init")
    private static RedisServer redis;

    private boolean paused;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @AfterEach
    void resume() {
        if (paused) {
            paused = false;
            redis.resume();
        }
    }

    @Override
    Link connect() {
        Settings settings = RedisNodes.settings(redis, "test");
        return Await.value(
                "a link", Duration.ofSeconds(10), RedissonLink.open(RedissonConfig.of(settings.relay()), settings));
    }

    @Override
    void hang(Link link) {
        redis.pause();
        paused = true;
    }

    @Override
    void cut(Link link) {
        redis.command("CLIENT KILL TYPE normal");
    }

    @Override
    void refuse(Link link) {
        redis.command("DEL " + KEYS.writing().getFirst());
        redis.command("SET " + KEYS.writing().getFirst() + " foreign");
    }

    @AfterEach
    void forget() {
        if (!paused) {
            redis.command("FLUSHALL");
        }
    }

    /** A look-up whose answer never came must not stand in the way of the next link's. */
    @Test
    void linksOfOneConfigurationShareNoLookUpOfNames() {
        Config base = new Config().setCodec(ByteArrayCodec.INSTANCE);

        assertNotSame(
                RedissonLink.apart(base).getAddressResolverGroupFactory(),
                RedissonLink.apart(base).getAddressResolverGroupFactory());
    }

    @Test
    void theReasonIsTheFirstThatTellsSomething() {
        assertEquals(
                "Connection refused: /127.0.0.1:1",
                RedissonErrors.reason(new RedisConnectionException(
                        "Unable to connect", new ConnectException("Connection refused: /127.0.0.1:1"))));
        assertEquals(
                "Not all slots covered!",
                RedissonErrors.reason(
                        new IllegalStateException(new RedisConnectionException("Not all slots covered!"))));
    }

    @Test
    void theReasonQuotesNeitherMessagesNorSecrets() {
        String command = " command: (PUBLISH), params: [tidegate:topic:{news}, a secret]";
        assertEquals(
                "Redis answers NOPERM: the user lacks a right that Tidegate needs: see the ACL of Redis",
                RedissonErrors.reason(new RedisException("NOPERM no." + command)));
        assertEquals(
                "Redis answers LOADING: it is still loading its data from its disk: wait until it has finished",
                RedissonErrors.reason(new RedisLoadingException("Redis is loading." + command)));
        assertEquals(
                "Redis answers CLUSTERDOWN: slots of the cluster have no master: see CLUSTER INFO",
                RedissonErrors.reason(new RedisClusterDownException("Hash slot not served." + command)));
        assertEquals(
                "no answer within 1500 ms",
                RedissonErrors.reason(new RedisResponseTimeoutException("Redis server response timeout" + command)));
        assertEquals(
                "WriteRedisConnectionException",
                RedissonErrors.reason(
                        new WriteRedisConnectionException("Unable to write" + command, new IllegalStateException())));
        assertEquals(
                "Unable to connect to: redis://redis:6379",
                RedissonErrors.reason(
                        new RedisConnectionException("Unable to connect to: redis://ann:sesame@redis:6379\nand more")));
    }
}
