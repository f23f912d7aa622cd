package io.tidegate.client;

import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;

class OkHttpSocketTest extends SocketContract {
    private final OkHttpClient http = new OkHttpClient();

    @AfterEach
    void closeHttp() {
        http.dispatcher().executorService().shutdown();
    }

    @Override
    Socket.Factory factory() {
        return OkHttpSocket.factory(http);
    }
}
