package io.tidegate.mp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.client.Message;
import io.tidegate.client.Options;
import io.tidegate.client.TidegateClient;
import io.tidegate.testing.FreePort;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application on Helidon MP that docs/embedding.md shows, compiled from that page. */
class ApplicationIT {
    private static final Duration ENDS = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @Test
    void aBeanOfAnApplicationListensAndPublishes() throws Exception {
        Map<String, String> settings = Map.of(
                "tidegate.port", String.valueOf(FreePort.find()),
                "tidegate.drain.notice", "100ms",
                "tidegate.drain.window", "0s");
        try (ServerProcess application = ServerProcess.start(jar(), settings);
                TidegateClient client =
                        TidegateClient.connect(Options.of("ws://localhost:" + application.port() + "/chat"))) {
            BlockingQueue<Message> confirmations = new ArrayBlockingQueue<>(10);
            client.subscribe("confirmations", confirmations::add)
                    .ready()
                    .toCompletableFuture()
                    .join();
            // The bean's client connects while the server starts, and begins at the present.
            Message first = null;
            for (int order = 0; first == null && order < 100; order++) {
                client.publish("orders", "{\"tea\":" + order + "}").join();
                first = confirmations.poll(100, TimeUnit.MILLISECONDS);
            }
            assertTrue(first != null && first.message().startsWith("{\"confirms\":{\"tea\":"), "" + first);
            application.terminate();
            assertEquals(0, application.awaitExit(ENDS), application.output());
            assertTrue(application.output().contains("Drained in"), application.output());
        }
    }

    private Path jar() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "embedding.md"));
        int begin = page.indexOf("```java\n", page.indexOf("## On Helidon MP")) + "```java\n".length();
        Path source = directory.resolve("Orders.java");
        Files.writeString(source, page.substring(begin, page.indexOf("```", begin)));
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", directory.toString(), source.toString());
        assertEquals(0, code, "the page's application does not compile");

        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", url(Jars.MP), url(codeOf(TidegateClient.class))));
        Path jar = directory.resolve("orders.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (String name : List.of("META-INF/beans.xml", "Orders.class")) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.endsWith(".xml") ? "".getBytes(UTF_8) : Files.readAllBytes(directory.resolve(name)));
                out.closeEntry();
            }
        }
        return jar;
    }

    private static String url(Path jar) {
        return jar.toAbsolutePath().toUri().toString();
    }

    private static Path codeOf(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
