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

/** What Redisson is told, so that it is small, keeps the order, and reports an outage instead of covering it up. */
final class RedissonConfig {
    /** After this an operation counts as failed. */
    static final Duration TIMEOUT = Duration.ofMillis(1_500);

    /** Channels of one connection: after an outage a connection subscribes to one after the other. */
    private static final int SUBSCRIPTIONS = 1_000;

    /** One connection is opened at the start, the others as topics need them: for more topics than a node's memory holds. */
    private static final int SUBSCRIPTION_CONNECTIONS = 1_024;

    private RedissonConfig() {}

    /**
     * The configuration of these settings.
     *
     * @throws IllegalArgumentException where a file cannot be read or is not what it should be
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
            // The parser's message may quote a line of the file, and with it a secret.
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
        // All on the master: a replica would be one more way for two nodes to see different orders.
        servers.setReadMode(ReadMode.MASTER).setSubscriptionMode(SubscriptionMode.MASTER);
        tune((BaseConfig<T>) servers);
    }

    private static <T extends BaseConfig<T>> void tune(BaseConfig<T> servers) {
        // A retried publish would arrive late and out of order.
        servers.setRetryAttempts(0).setRetryDelay(new ConstantDelay(Duration.ofSeconds(1)));
        servers.setTimeout((int) TIMEOUT.toMillis()).setConnectTimeout((int) TIMEOUT.toMillis());
        // No pings: where the reply to one shares a read with the beginning of a message, Redisson takes the next whole
        // message for that reply and drops it (CommandDecoder.decode, isExecuted): one in some millions under load. The
        // relay's probes find a server that hangs, TCP's keepalive a connection that is gone.
        servers.setPingConnectionInterval(0);
        servers.setSubscriptionsPerConnection(SUBSCRIPTIONS);
        // A lost link is replaced at once: Redisson must not have come back by then.
        servers.setReconnectionDelay(new ConstantDelay(Duration.ofSeconds(10)));
    }
}
