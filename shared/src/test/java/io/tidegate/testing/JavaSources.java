package io.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Java files of this project, for tests that hold a page to them. */
public final class JavaSources {
    private JavaSources() {}

    /** What stands in the files below these folders, by the name of the class; of several of one name, all. */
    public static Map<String, String> below(List<Path> folders) {
        return folders.stream()
                .flatMap(JavaSources::files)
                .collect(Collectors.toMap(
                        file -> file.getFileName().toString().replace(".java", ""),
                        JavaSources::read,
                        (one, other) -> one + "\n" + other));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
