package io.tidegate.contract;

import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A part of the contract whose tests share one server; they must not disturb each other. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class OneServer {
    ServerProcess server;

    abstract Path jar();

    /** What the shared server is started with. */
    Map<String, String> settings() {
        return Map.of();
    }

    @BeforeAll
    void start() {
        server = ServerProcess.start(jar(), settings());
    }

    @AfterAll
    void stop() {
        server.close();
    }
}
