package io.tidegate.client;

import okhttp3.OkHttpClient;

/**
 * Clients that use the sockets of <a href="https://square.github.io/okhttp/">OkHttp</a> 5, which offer permessage-deflate
 * (RFC 7692): if the server compresses too, messages are sent compressed. The application must add {@code
 * com.squareup.okhttp3:okhttp-jvm}, because this library does not depend on it. Otherwise the clients are like those of
 * {@link TidegateClient#connect}.
 *
 * <p>OkHttp uses a thread for each connection. It compresses messages of 1,024 bytes or more. {@link
 * OkHttpClient.Builder} sets this size, certificates and proxies. {@link Options.Threads#http} is not used.
 */
public final class OkHttpTransport {
    private OkHttpTransport() {}

    /** Like {@link TidegateClient#connect}. */
    public static TidegateClient connect(Options options, OkHttpClient http) {
        TidegateClient client = startClosed(options, http);
        client.reconnect();
        return client;
    }

    /** Like {@link TidegateClient#startClosed}. */
    public static TidegateClient startClosed(Options options, OkHttpClient http) {
        return TidegateClient.startClosed(
                Arguments.given("options", options), OkHttpSocket.factory(Arguments.given("http", http)));
    }
}
