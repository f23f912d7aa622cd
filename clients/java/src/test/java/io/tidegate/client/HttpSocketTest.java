package io.tidegate.client;

import java.net.http.HttpClient;
import org.junit.jupiter.api.AfterEach;

class HttpSocketTest extends SocketContract {
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void closeHttp() {
        http.close();
    }

    @Override
    Socket.Factory factory() {
        return HttpSocket.factory(http);
    }
}
