package io.tidegate.rehearsal.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients of another language, and the program that makes many of them.
 *
 * @param clients how many there are to be
 * @param resource the program, which lies beside this class
 * @param program what runs it, with its own options
 * @param module the client, as the program imports it
 */
public record Script(String name, int clients, String resource, List<String> program, String module) {

    private static final String NODE = "node";

    /** Of {@code clients/js}, on Node. */
    public static Script node(int clients, Path module) {
        return new Script(
                NODE,
                clients,
                "clients.mjs",
                List.of("node", "--experimental-websocket", "--no-warnings"),
                module.toUri().toString());
    }

    /** Of {@code examples/python}. */
    public static Script python(int clients, Path module) {
        return new Script("python", clients, "clients.py", List.of("python3"), module.toString());
    }

    /** Puts the program into a file. */
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

    /** Whether its clients ask for another token before theirs ends; the others bring one that lasts for the run. */
    private boolean renews() {
        return name.equals(NODE);
    }

    List<String> command(Path file, Door door, Duration interval) {
        String url = renews() ? door.url() : door.withToken(name);
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(file.toString(), module, url, String.valueOf(interval.toMillis())));
        return command;
    }
}
