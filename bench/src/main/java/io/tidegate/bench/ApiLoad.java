package io.tidegate.bench;

import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures how fast back ends publish over HTTP: messages a second on one connection and on 32, with one message and with a
 * hundred messages in a request, with Redis and without, in interleaved rounds. Messages that were answered by 200 are counted
 * again in the topics' histories.
 *
 * <p>{@code java -cp … io.tidegate.bench.ApiLoad ROOT [--rounds N] [--seconds N] [--runtimes se,mp] [--beside NAME=URL#KEY ...]}.
 * A server that is named by {@code --beside} has the HTTP API of Centrifugo, and takes part in the rounds.
 */
public final class ApiLoad {
    private static final String KEY = "a-key-of-the-benchmark-0123456789-abcd";

    /** For each kind of {@link #WARM_UP}. */
    private static final int WARM_UP_SECONDS = 4;

    private record Phase(int connections, int batch) {
        @Override
        public String toString() {
            return connections
                    + (connections == 1 ? " connection, " : " connections, ")
                    + (batch == 1 ? "single" : "batches of " + batch);
        }
    }

    private static final List<Phase> PHASES =
            List.of(new Phase(1, 1), new Phase(32, 1), new Phase(1, 100), new Phase(32, 100));

    /** Many connections come first: their publishes are enough for the JVM to compile the code; those of one connection are not. */
    private static final List<Phase> WARM_UP = List.of(new Phase(32, 1), new Phase(32, 100), new Phase(1, 1));

    private record Subject(String name, Publisher publisher) {}

    private final List<AutoCloseable> processes = new ArrayList<>();
    private final Map<String, List<Double>> results = new TreeMap<>();
    private final Map<String, Long> acknowledged = new LinkedHashMap<>();

    private ApiLoad() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options =
                new LinkedHashMap<>(Map.of("--rounds", "3", "--seconds", "3", "--runtimes", "se,mp", "--beside", ""));
        for (int i = 1; i < arguments.length; i += 2) {
            if (!options.containsKey(arguments[i]) || i + 1 == arguments.length) {
                System.err.println(
                        "unknown, or without a value: " + arguments[i] + "; allowed are " + options.keySet());
                System.exit(2);
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        boolean whole = new ApiLoad().run(Path.of(arguments[0]), options);
        System.exit(whole ? 0 : 1);
    }

    private boolean run(Path root, Map<String, String> options) throws Exception {
        try {
            List<Subject> subjects = subjects(root, options);
            for (Subject subject : subjects) {
                say("warming up " + subject.name);
                for (Phase phase : WARM_UP) {
                    measure(subject, phase, WARM_UP_SECONDS);
                }
            }
            int rounds = Integer.parseInt(options.getOrDefault("--rounds", "3"));
            int seconds = Integer.parseInt(options.getOrDefault("--seconds", "3"));
            for (int round = 1; round <= rounds; round++) {
                for (Phase phase : PHASES) {
                    for (Subject subject : subjects) {
                        double rate = measure(subject, phase, seconds);
                        results.computeIfAbsent(phase + ": " + subject.name, key -> new ArrayList<>())
                                .add(rate);
                    }
                }
                say("round " + round + " of " + rounds);
            }
            return report(subjects);
        } finally {
            for (AutoCloseable process : processes.reversed()) {
                process.close();
            }
        }
    }

    private List<Subject> subjects(Path root, Map<String, String> options) {
        List<Subject> subjects = new ArrayList<>();
        RedisServer redis = RedisServer.start();
        processes.add(redis);
        for (String runtime : options.getOrDefault("--runtimes", "").split(",")) {
            Path jar = root.resolve(runtime + "-server/target/tidegate-" + runtime + "-server.jar");
            subjects.add(own(runtime + ", Redis", jar, redis.url().toString()));
            subjects.add(own(runtime + ", memory", jar, ""));
        }
        for (String beside : options.getOrDefault("--beside", "").split(" ")) {
            if (!beside.isEmpty()) {
                String[] words = beside.split("[=#]", 3);
                subjects.add(new Subject(words[0], Publisher.ofCentrifugo(URI.create(words[1]), words[2])));
            }
        }
        return subjects;
    }

    private Subject own(String name, Path jar, String relay) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("tidegate.api.keys", KEY);
        settings.put("tidegate.relay.url", relay);
        settings.put("tidegate.relay.prefix", "bench");
        ServerProcess server = ServerProcess.start(jar, settings);
        processes.add(server);
        return new Subject(name, Publisher.ofTidegate(server.apiPort(), KEY));
    }

    private double measure(Subject subject, Phase phase, int seconds) throws InterruptedException, ExecutionException {
        long began = System.nanoTime();
        long end = began + seconds * 1_000_000_000L;
        long messages = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(phase.connections)) {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < phase.connections; i++) {
                int topic = i;
                counts.add(threads.submit(() -> subject.publisher.publish(topic, phase.batch, end)));
            }
            for (Future<Long> count : counts) {
                messages += count.get();
            }
        }
        acknowledged.merge(subject.name, messages, Long::sum);
        return messages / ((System.nanoTime() - began) / 1e9);
    }

    /** False if a history lacks an acknowledged message. */
    private boolean report(List<Subject> subjects) throws IOException {
        System.out.println("| messages a second: median (lowest, highest) | |\n|---|---|");
        results.forEach((what, rates) -> {
            Collections.sort(rates);
            System.out.printf(
                    "| %s | %,.0f (%,.0f, %,.0f) |%n",
                    what, rates.get(rates.size() / 2), rates.getFirst(), rates.getLast());
        });
        boolean whole = true;
        for (Subject subject : subjects) {
            long kept = subject.publisher.kept();
            long told = acknowledged.getOrDefault(subject.name, 0L);
            if (kept >= 0) {
                System.out.printf("%s: acknowledged %,d, kept %,d%n", subject.name, told, kept);
                whole &= kept == told;
            }
        }
        return whole;
    }

    private static void say(String line) {
        System.err.println(line);
    }
}
