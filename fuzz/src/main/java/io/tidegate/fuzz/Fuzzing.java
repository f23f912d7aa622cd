package io.tidegate.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Jazzer on one target, in a separate process: Jazzer changes the code that it runs, and ends when that code fails.
 *
 * @param title of the target
 * @param type has {@code public static void fuzzerTestOneInput(byte[])}
 * @param kept the folder of kept inputs, with which the run begins; need not exist
 * @param work the folder for the results: inputs that reach new code, the input that fails, the output
 */
record Fuzzing(String title, Class<?> type, Path kept, Path work) {
    /** The folder that contains one folder of inputs for each target, relative to the module. */
    static final Path KEPT = Path.of("src", "test", "resources", "io", "tidegate", "fuzz");

    /** An input that takes this time is also a failure. */
    private static final Duration LONGEST_INPUT = Duration.ofSeconds(10);

    private static final Duration START = Duration.ofMinutes(2);

    /** The longest input: short inputs also reach late code. */
    private static final int LONGEST = 4_096;

    /**
     * Sanitizers that are left out. The first reports the lookup of a path from the settings as an attack. The second makes each
     * regular expression slow, because it checks whether its text comes from outside.
     */
    private static final String UNUSED = String.join(
            File.pathSeparator,
            "com.code_intelligence.jazzer.sanitizers.FilePathTraversal",
            "com.code_intelligence.jazzer.sanitizers.RegexInjection");

    /**
     * This class compares each letter of an unknown key with each letter of every key. With instrumentation one comparison costs
     * as much as a hundred without.
     */
    private static final String SPELLING = "io.tidegate.settings.Spelling";

    private static final Pattern STATE = Pattern.compile("#(\\d+)\\s+\\w+\\s+cov: (\\d+) ft: (\\d+) corp: (\\d+)/");

    /**
     * The result of a run.
     *
     * @param runs inputs that were tried
     * @param edges of the control flow that the inputs reached
     * @param failed the input that failed
     * @param output the last lines, with the reason
     */
    record Outcome(
            Fuzzing fuzzing, long runs, long edges, double seconds, Optional<byte[]> failed, List<String> output) {
        @Override
        public String toString() {
            String line = String.format(
                    "%-10s %,12d inputs  %,9.0f a second  %,6d edges", fuzzing.title, runs, runs / seconds, edges);
            return failed.map(input -> line + "\n" + report(input)).orElse(line);
        }

        private String report(byte[] input) {
            return String.join("\n", output)
                    + "\nThe target " + fuzzing.title + " fails with this input of " + input.length + " bytes."
                    + "\n  hex:    " + HexFormat.of().formatHex(input)
                    + "\n  base64: " + Base64.getEncoder().encodeToString(input)
                    + "\n  text:   " + Texts.of(input)
                    + "\nKeep this input in " + fuzzing.kept + ", under a name that describes it.";
        }
    }

    /** Runs for this time, or until an input fails. */
    Outcome run(Duration time) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(work.resolve("corpus"));
        Path failures = Files.createDirectories(work.resolve("failures"));
        Path log = work.resolve("output.txt");
        for (Path old : files(failures)) {
            Files.delete(old);
        }
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command(corpus, failures, time))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended;
        try {
            ended = process.waitFor(time.plus(START).toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        List<String> output = Files.readString(log, UTF_8).lines().toList();
        Optional<Path> failed = files(failures).stream().findFirst();
        if (failed.isEmpty() && !(ended && process.exitValue() == 0)) {
            throw new IOException("Jazzer does not run on " + title + "; its output in " + log + " ends with\n"
                    + String.join("\n", output.subList(Math.max(0, output.size() - 20), output.size())));
        }
        List<MatchResult> states =
                output.stream().flatMap(line -> STATE.matcher(line).results()).toList();
        return new Outcome(
                this,
                states.isEmpty() ? 0 : Long.parseLong(states.getLast().group(1)),
                states.isEmpty() ? 0 : Long.parseLong(states.getLast().group(2)),
                seconds,
                failed.isEmpty() ? Optional.empty() : Optional.of(Files.readAllBytes(failed.get())),
                reason(output));
    }

    private List<String> command(Path corpus, Path failures, Duration time) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + type.getName(),
                "--instrumentation_includes=io.tidegate.**",
                "--instrumentation_excludes=" + SPELLING,
                "--custom_hook_includes=io.tidegate.**",
                "--custom_hook_excludes=" + SPELLING,
                "--disabled_hooks=" + UNUSED,
                "--reproducer_path=" + failures.getParent(),
                "-artifact_prefix=" + failures + "/",
                "-max_total_time=" + Math.max(1, time.toSeconds()),
                "-max_len=" + LONGEST,
                "-timeout=" + LONGEST_INPUT.toSeconds(),
                corpus.toString()));
        if (Files.isDirectory(kept)) {
            command.add(kept.toString());
        }
        return command;
    }

    /** The output from the failure to the end of its stack trace, without the fuzzer's own messages. */
    private static List<String> reason(List<String> output) {
        return output.stream()
                .dropWhile(line -> !line.startsWith("== ") && !line.contains("ERROR: "))
                .takeWhile(line -> !line.startsWith("== libFuzzer crashing input"))
                .limit(40)
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
