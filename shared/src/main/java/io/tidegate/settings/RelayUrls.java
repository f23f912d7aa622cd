package io.tidegate.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of {@code tidegate.relay.url}: the addresses of Redis, and the credentials from the URL.
 *
 * @param urls as in {@link Settings.Relay#urls}
 */
record RelayUrls(List<URI> urls, Optional<String> username, Optional<Secret> password) {
    static final Format<RelayUrls> FORMAT = new Format<>(
            "empty, redis://[user:password@]host[:port] or rediss://… (several, comma-separated: a cluster),"
                    + " or redis+sentinel://[user:password@]host[:port],…/master",
            RelayUrls::parse,
            urls -> true,
            RelayUrls::masked);

    private static final RelayUrls NONE = new RelayUrls(List.of(), Optional.empty(), Optional.empty());

    private static final String SENTINEL = "redis+sentinel";
    private static final Set<String> SCHEMES = Set.of("redis", "rediss", SENTINEL);
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    private static final Pattern SENTINELS = Pattern.compile("redis\\+sentinel://([^/]*@)?([^/@]+)(/[^/]+)");
    private static final Pattern MASTER = Pattern.compile("/[A-Za-z0-9._-]+");
    private static final Pattern CREDENTIALS = Pattern.compile("([^:]*):(.+)");

    private static Optional<RelayUrls> parse(String text) {
        if (text.isEmpty()) {
            return Optional.of(NONE);
        }
        List<URI> urls = new ArrayList<>();
        for (String part : parts(text)) {
            Optional<URI> url = url(part.strip());
            if (url.isEmpty()) {
                return Optional.empty();
            }
            urls.add(url.get());
        }
        boolean alike = same(urls, URI::getScheme) && same(urls, URI::getPath) && same(urls, RelayUrls::userInfo);
        return alike ? split(urls) : Optional.empty();
    }

    /**
     * Splits the text into one URL for each address. The short form for sentinels names all addresses in one URL; a
     * cluster's form is a list of URLs.
     */
    private static List<String> parts(String text) {
        Matcher sentinels = SENTINELS.matcher(text);
        if (!sentinels.matches()) {
            return List.of(text.split(",", -1));
        }
        String before = SENTINEL + "://" + Objects.requireNonNullElse(sentinels.group(1), "");
        String master = sentinels.group(3);
        return Arrays.stream(sentinels.group(2).split(",", -1))
                .map(address -> before + address.strip() + master)
                .toList();
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text);
            boolean sentinel = SENTINEL.equals(url.getScheme());
            boolean whole = url.getScheme() != null
                    && SCHEMES.contains(url.getScheme())
                    && url.getHost() != null
                    && url.getPort() != 0
                    && url.getPort() <= 65535
                    && url.getQuery() == null
                    && url.getFragment() == null
                    && (sentinel
                            ? MASTER.matcher(url.getPath()).matches()
                            : url.getPath().isEmpty());
            return whole ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean same(List<URI> urls, Function<URI, String> part) {
        return urls.stream().map(part).distinct().count() == 1;
    }

    private static String userInfo(URI url) {
        return Objects.requireNonNullElse(url.getUserInfo(), "");
    }

    /** Removes the credentials from the URLs. They are the same in all URLs. */
    private static Optional<RelayUrls> split(List<URI> urls) {
        List<URI> addresses = urls.stream().map(RelayUrls::address).toList();
        URI first = urls.getFirst();
        if (first.getRawUserInfo() == null) {
            return Optional.of(new RelayUrls(addresses, Optional.empty(), Optional.empty()));
        }
        Matcher credentials = CREDENTIALS.matcher(userInfo(first));
        if (!credentials.matches()) {
            return Optional.empty();
        }
        Optional<String> username = Optional.of(credentials.group(1)).filter(name -> !name.isEmpty());
        return Optional.of(new RelayUrls(addresses, username, Optional.of(new Secret(credentials.group(2)))));
    }

    private static URI address(URI url) {
        int standard = SENTINEL.equals(url.getScheme()) ? SENTINEL_PORT : REDIS_PORT;
        int port = url.getPort() < 0 ? standard : url.getPort();
        return URI.create(url.getScheme() + "://" + url.getHost() + ":" + port + url.getPath());
    }

    /**
     * The URL without any part that can be a secret. In a malformed URL a password cannot be told from a host with
     * certainty. So all text before the last {@code @} is masked. All text from the place where a valid port is
     * missing, or where a query begins, is masked, too.
     */
    private static String masked(String text) {
        return text.replaceFirst("(?s)^([a-z+]{1,20}://)?.*@", "$1" + Secret.MASK + "@")
                .replaceFirst("(?s)(:(?!//|[0-9]{1,5}(?:[,/]|$))|[?#]).*", "$1" + Secret.MASK);
    }
}
