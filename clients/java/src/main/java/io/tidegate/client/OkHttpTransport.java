package io.tidegate.client;

import okhttp3.OkHttpClient;

/**
 * Clients whose sockets are those of <a href="https://square.github.io/okhttp/">OkHttp</a> 5, which offer permessage-deflate (RFC
 * 7692): where the server compresses, too, messages travel compressed. Needs {@code com.squareup.okhttp3:okhttp-jvm} beside this
 * library, which does not bring it. All else is as by {@link TidegateClient#connect}.
 *
 * <p>OkHttp uses a thread for each connection. It compresses what is sent from 1,024 bytes on; that, certificates and proxies are set by
 * {@link OkHttpClient.Builder}. {@link Options.Threads#http} is not used.
 */
public final class OkHttpTransport {
    private OkHttpTransport() {}

    /** As {@link TidegateClient#connect}. */
    public static TidegateClient connect(Options options, OkHttpClient http) {
        TidegateClient client = startClosed(options, http);
        client.reconnect();
        return client;
    }

    /** As {@link TidegateClient#startClosed}. */
    public static TidegateClient startClosed(Options options, OkHttpClient http) {
        return TidegateClient.startClosed(
                Arguments.given("options", options), OkHttpSocket.factory(Arguments.given("http", http)));
    }
}
