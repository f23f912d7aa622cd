package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisResponseTimeoutException;
import org.redisson.client.WriteRedisConnectionException;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;

/** What an operator reads when a link is lost. */
class RedissonLinkTest {

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
                RedissonLink.reason(new RedisConnectionException(
                        "Unable to connect", new ConnectException("Connection refused: /127.0.0.1:1"))));
        assertEquals(
                "Not all slots covered!",
                RedissonLink.reason(new IllegalStateException(new RedisConnectionException("Not all slots covered!"))));
    }

    @Test
    void theReasonQuotesNeitherMessagesNorSecrets() {
        String command = " command: (PUBLISH), params: [tidegate:topic:{news}, a secret]";
        assertEquals("Redis answered NOPERM", RedissonLink.reason(new RedisException("NOPERM no." + command)));
        assertEquals(
                "no answer within 1500 ms",
                RedissonLink.reason(new RedisResponseTimeoutException("Redis server response timeout" + command)));
        assertEquals(
                "WriteRedisConnectionException",
                RedissonLink.reason(
                        new WriteRedisConnectionException("Unable to write" + command, new IllegalStateException())));
        assertEquals(
                "Unable to connect to: redis://redis:6379",
                RedissonLink.reason(
                        new RedisConnectionException("Unable to connect to: redis://ann:sesame@redis:6379\nand more")));
    }
}
