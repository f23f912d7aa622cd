package io.tidegate.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients of another language, and the program that starts many of them.
 *
 * @param clients the number of clients
 * @param resource the program, which is stored beside this class
 * @param program the command that runs it, with its own options
 * @param module the client, as the program imports it
 */
record Script(String name, int clients, String resource, List<String> program, String module) {

    private static final String NODE = "node";

    /** Clients of {@code clients/js}, on Node. */
    static Script node(int clients, Path module) {
        return new Script(
                NODE,
                clients,
                "clients.mjs",
                List.of("node", "--experimental-websocket", "--no-warnings"),
                module.toUri().toString());
    }

    /** Clients of {@code examples/python}. */
    static Script python(int clients, Path module) {
        return new Script("python", clients, "clients.py", List.of("python3"), module.toString());
    }

    /** Copies the program into a file. */
    Path unpack() throws IOException {
        Path file = Files.createTempFile("clients-", resource);
        try (InputStream source = Script.class.getResourceAsStream(resource)) {
            if (source == null) {
                throw new IllegalStateException(resource + " is missing in the jar");
            }
            Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** Whether the clients renew their token before it ends. The others have a token that lasts for the whole run. */
    private boolean renews() {
        return name.equals(NODE);
    }

    List<String> command(Path file, ClientAddress address, Duration interval) {
        String url = renews() ? address.url() : address.withToken(name);
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(file.toString(), module, url, String.valueOf(interval.toMillis())));
        return command;
    }
}
