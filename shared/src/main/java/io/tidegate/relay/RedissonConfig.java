package io.tidegate.relay;

import io.tidegate.settings.Secret;
import io.tidegate.settings.Settings;
import io.tidegate.tls.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.BaseMasterSlaveServersConfig;
import org.redisson.config.ClusterServersConfig;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.ReadMode;
import org.redisson.config.SentinelServersConfig;
import org.redisson.config.SingleServerConfig;
import org.redisson.config.SubscriptionMode;

/** The configuration of Redisson: Redisson stays small, keeps the order, and reports an outage instead of hiding it. */
final class RedissonConfig {
    /** After this time an operation counts as failed. */
    static final Duration TIMEOUT = Duration.ofMillis(1_500);

    /** The channels of one connection. After an outage a connection subscribes to its channels one after the other. */
    private static final int SUBSCRIPTIONS = 1_000;

    /**
     * The largest number of connections. One is opened at the start, the others when topics need them. All of them
     * together have room for more topics than a node's memory holds.
     */
    private static final int SUBSCRIPTION_CONNECTIONS = 1_024;

    private RedissonConfig() {}

    /**
     * Makes the configuration for these settings.
     *
     * @throws IllegalArgumentException if a file cannot be read or has the wrong content
     */
    static Config of(Settings.Relay settings) {
        Config config = settings.config().isEmpty() ? new Config() : read(Path.of(settings.config()));
        if (settings.config().isEmpty()) {
            address(config, settings);
        }
        settings.username().ifPresent(config::setUsername);
        settings.password().map(Secret::value).ifPresent(config::setPassword);
        settings.ca()
                .ifPresent(ca -> config.setSslTrustManagerFactory(TrustedCertificates.of("tidegate.relay.ca", ca)));
        config.setCodec(ByteArrayCodec.INSTANCE)
                .setThreads(2)
                .setNettyThreads(2)
                .setKeepPubSubOrder(true);
        config.setTcpKeepAlive(true)
                .setTcpKeepAliveIdle(5)
                .setTcpKeepAliveInterval(2)
                .setTcpKeepAliveCount(3);
        config.setReferenceEnabled(false);
        tune(config);
        return config;
    }

    private static Config read(Path file) {
        try {
            return Config.fromYAML(file.toFile());
        } catch (IOException | RuntimeException e) {
            // The parser's message can quote a line of the file, and so a secret.
            throw new IllegalArgumentException("tidegate.relay.config: " + file + " is not a Redisson configuration ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private static void address(Config config, Settings.Relay settings) {
        URI first = settings.urls().getFirst();
        String scheme = first.getScheme();
        if (scheme.endsWith("+sentinel")) {
            SentinelServersConfig sentinel = config.useSentinelServers()
                    .setMasterName(first.getPath().substring(1))
                    .setCheckSentinelsList(false);
            settings.urls()
                    .forEach(url -> sentinel.addSentinelAddress(
                            scheme.replace("+sentinel", "") + "://" + url.getHost() + ":" + url.getPort()));
        } else if (settings.urls().size() > 1) {
            ClusterServersConfig cluster = config.useClusterServers();
            settings.urls().forEach(url -> cluster.addNodeAddress(url.toString()));
        } else {
            config.useSingleServer().setAddress(first.toString());
        }
    }

    private static void tune(Config config) {
        if (config.isSingleConfig()) {
            SingleServerConfig single = config.useSingleServer();
            single.setConnectionPoolSize(1).setConnectionMinimumIdleSize(1);
            single.setSubscriptionConnectionPoolSize(SUBSCRIPTION_CONNECTIONS)
                    .setSubscriptionConnectionMinimumIdleSize(1);
            tune(single);
        } else if (config.isClusterConfig()) {
            tune(config.useClusterServers());
        } else if (config.isSentinelConfig()) {
            tune(config.useSentinelServers());
        } else {
            throw new IllegalArgumentException("tidegate.relay.config: the file must have one of singleServerConfig,"
                    + " clusterServersConfig, sentinelServersConfig");
        }
    }

    private static <T extends BaseMasterSlaveServersConfig<T>> void tune(T servers) {
        servers.setMasterConnectionPoolSize(1).setMasterConnectionMinimumIdleSize(1);
        servers.setSubscriptionConnectionPoolSize(SUBSCRIPTION_CONNECTIONS).setSubscriptionConnectionMinimumIdleSize(1);
        // All operations go to the master: with a replica, two nodes could see different orders in one more way.
        servers.setReadMode(ReadMode.MASTER).setSubscriptionMode(SubscriptionMode.MASTER);
        tune((BaseConfig<T>) servers);
    }

    private static <T extends BaseConfig<T>> void tune(BaseConfig<T> servers) {
        // A retried publish would arrive late and out of order.
        servers.setRetryAttempts(0).setRetryDelay(new ConstantDelay(Duration.ofSeconds(1)));
        servers.setTimeout((int) TIMEOUT.toMillis()).setConnectTimeout((int) TIMEOUT.toMillis());
        // No pings. If the reply to a ping shares a read with the beginning of a message, Redisson takes the next whole
        // message for that reply and drops it (CommandDecoder.decode, isExecuted). Under load this happens to one in
        // some millions of messages. The relay's probes find a server that hangs; TCP's keepalive finds a dead
        // connection.
        servers.setPingConnectionInterval(0);
        servers.setSubscriptionsPerConnection(SUBSCRIPTIONS);
        // A lost link is replaced at once. Redisson must not reconnect before that.
        servers.setReconnectionDelay(new ConstantDelay(Duration.ofSeconds(10)));
    }
}
