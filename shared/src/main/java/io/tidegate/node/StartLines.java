package io.tidegate.node;

import io.tidegate.settings.Durations;
import io.tidegate.settings.Secret;
import io.tidegate.settings.Settings;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The lines that a server logs when it has started: each setting that matters for its behaviour once, without secrets.
 */
record StartLines(String name, Settings settings, Launch.Server server) {

    List<String> described() {
        return List.of(process(), ports(), limits(), relay(), fleet(), access(), tls(), writes());
    }

    private String process() {
        Runtime runtime = Runtime.getRuntime();
        return "%s, revision %s, node %s; Java %s, %d processors, heap of at most %d MiB"
                .formatted(
                        name,
                        Version.revision(),
                        settings.server().node(),
                        Runtime.version(),
                        runtime.availableProcessors(),
                        runtime.maxMemory() >> 20);
    }

    private String ports() {
        String api = server.apiPort().isPresent() ? ", API " + server.apiPort().getAsInt() : ", no API";
        return "Listening on %s: WebSockets and page %d, management %d%s"
                .formatted(settings.server().host(), server.port(), server.managementPort(), api);
    }

    private String limits() {
        Settings.Limits limits = settings.limits();
        return ("Limits: connections %d, per address %s, per user %s, new per second %s; for each connection: message"
                        + " %d bytes, queue %d bytes, messages per second %s, topics %d")
                .formatted(
                        limits.connections(),
                        limit(limits.perIp()),
                        limit(limits.perUser()),
                        limit(limits.handshakes()),
                        limits.message(),
                        limits.queue(),
                        limit(limits.rate()),
                        limits.topics());
    }

    private static String limit(int number) {
        return number == 0 ? "unlimited" : String.valueOf(number);
    }

    private String relay() {
        Settings.Relay relay = settings.relay();
        if (relay.inProcess()) {
            return "Relay: none, messages stay in this process";
        }
        String where = relay.urls().isEmpty()
                ? "as in " + relay.config()
                : relay.urls().stream().map(URI::toString).collect(Collectors.joining(","));
        return "Relay: %s, prefix %s, user %s, password %s, this node becomes unready after %s without the relay"
                .formatted(
                        where,
                        relay.prefix(),
                        relay.username().orElse("none"),
                        relay.password().map(Secret::toString).orElse("none"),
                        Durations.text(relay.grace()));
    }

    private String fleet() {
        return "Fleet: %s, rebalance %s, drain: notice %s, window %s, timeout %s"
                .formatted(
                        settings.fleet().name(),
                        settings.rebalance().enabled() && !settings.relay().inProcess() ? "on" : "off",
                        Durations.text(settings.drain().notice()),
                        Durations.text(settings.drain().window()),
                        Durations.text(settings.drain().timeout()));
    }

    private String access() {
        Settings.Auth auth = settings.auth();
        if (auth.isOpen()) {
            return "Access: open, API keys: " + settings.api().keys().size();
        }
        return "Access: closed, JWK Set %s, secret %s, algorithms %s, API keys: %d"
                .formatted(
                        auth.jwks().map(StartLines::withoutQuery).orElse("none"),
                        auth.secret().map(Secret::toString).orElse("none"),
                        String.join(",", auth.algorithms()),
                        settings.api().keys().size());
    }

    /** Removes the query and the user from a key set's URL, because they may be secrets. */
    private static String withoutQuery(String location) {
        return location.replaceFirst("\\?.*", "?***").replaceFirst("//[^/@]*@", "//***@");
    }

    private String tls() {
        return settings.tls()
                .map(tls -> "TLS: certificate %s, certificates of clients %s, management port %s"
                        .formatted(
                                tls.certificate(),
                                tls.clients().map(Path::toString).orElse("not required"),
                                tls.management() ? "TLS" : "plain"))
                .orElse("TLS: none");
    }

    /** A TLS socket cannot write without waiting, so each write takes a thread. */
    private String writes() {
        return "Writes: loops %d, %s"
                .formatted(
                        settings.server().writeLoops(),
                        settings.tls().isPresent()
                                ? "each write takes a thread, because a TLS socket cannot write without waiting"
                                : server.writes());
    }

    /** The line that says where the server listens, with addresses that a person can open. */
    String listens() {
        String host = settings.server().host();
        String address = reachable(host);
        String paths = address + ":" + server.port() + settings.server().prefix();
        String secure = settings.tls().isPresent() ? "s" : "";
        String management = settings.tls().isPresent() && settings.tls().get().management() ? "s" : "";
        String api = server.apiPort().isPresent()
                ? ", API http" + secure + "://" + address + ":"
                        + server.apiPort().getAsInt() + "/api"
                : "";
        return "%s listens: page http%s://%s/, broadcast ws%s://%s/, chat ws%s://%s/chat, metrics http%s://%s:%d/metrics%s, on %s"
                .formatted(
                        name,
                        secure,
                        paths,
                        secure,
                        paths,
                        secure,
                        paths,
                        management,
                        address,
                        server.managementPort(),
                        api,
                        host);
    }

    /** The address for a person to open: {@code localhost} where the server listens on all addresses. */
    private static String reachable(String host) {
        Optional<InetAddress> address = literal(host);
        if (address.isPresent() && address.get().isAnyLocalAddress()) {
            return "localhost";
        }
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
