package io.tidegate.rehearsal.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.rehearsal.check.Journal;
import io.tidegate.rehearsal.check.Payload;
import io.tidegate.rehearsal.load.Timeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of {@code clients/js} in one process of Node, which reports a line for each event; their publishers are counted
 * behind those of {@code clients/java}. The lines are described in {@code crowd.mjs}.
 */
final class NodeCrowd implements Crowd {
    private final Load load;
    private final Journal journal;
    private final Path script;
    private final Process process;
    private final PrintStream commands;
    private final Map<String, Journal.Observer> observers = new HashMap<>();
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final Timeline reconnects = new Timeline();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    /** @param module {@code clients/js/src/tidegate-client.js} */
    NodeCrowd(Load load, Journal journal, String url, Path module) {
        this.load = load;
        this.journal = journal;
        try {
            script = Files.createTempFile("crowd-", ".mjs");
            try (InputStream source = NodeCrowd.class.getResourceAsStream("crowd.mjs")) {
                if (source == null) {
                    throw new IllegalStateException("crowd.mjs is missing in the jar");
                }
                Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
            }
            process = new ProcessBuilder(
                            "node",
                            "--experimental-websocket",
                            "--no-warnings",
                            script.toString(),
                            module.toUri().toString(),
                            url,
                            String.valueOf(load.interval().toMillis()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting node", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        commands = new PrintStream(process.getOutputStream(), true, UTF_8);
        for (int i = load.clients(); i < load.clients() + load.nodeClients(); i++) {
            connect(i);
        }
        // Reading a pipe holds a carrier of virtual threads, of which there are few.
        Thread.ofPlatform().daemon().name("node's report").start(this::read);
    }

    private void connect(int index) {
        for (int which = 0; which < 2; which++) {
            String topic = load.topics().of(index, which);
            observers.put(index + " " + topic, journal.observe("node-" + index, topic, true));
        }
        commands.println("connect " + index + " " + load.topics().of(index, 0) + " "
                + load.topics().of(index, 1));
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(List.of(line.split(" ", 6)));
            }
        } catch (IOException | RuntimeException e) {
            complaints.add("node's report ended: " + e);
        }
    }

    private void take(List<String> words) {
        switch (words.getFirst()) {
            case "published" -> {
                pending.incrementAndGet();
                journal.publishing(words.get(2), payload(words));
            }
            case "acknowledged" -> {
                pending.decrementAndGet();
                journal.acknowledged(words.get(2), payload(words), words.get(4));
            }
            case "received" ->
                observer(words)
                        .received(
                                words.get(4),
                                Payload.of("\"" + words.get(3) + "\"").orElseThrow());
            case "lost" -> observer(words).gap();
            case "live" -> live.incrementAndGet();
            case "gone" -> live.decrementAndGet();
            case "reconnected" -> reconnects.count();
            default -> complaints.add(String.join(" ", words));
        }
    }

    private static Payload payload(List<String> words) {
        return new Payload(Integer.parseInt(words.get(1)), Integer.parseInt(words.get(3)));
    }

    private Journal.Observer observer(List<String> words) {
        Journal.Observer observer = observers.get(words.get(1) + " " + words.get(2));
        if (observer == null) {
            throw new IllegalStateException("unknown: " + words);
        }
        return observer;
    }

    @Override
    public String name() {
        return "node";
    }

    @Override
    public int live() {
        return live.get();
    }

    @Override
    public int size() {
        return load.nodeClients();
    }

    @Override
    public void publish() {
        commands.println("publish");
    }

    @Override
    public void stop() {
        commands.println("stop");
    }

    @Override
    public int pending() {
        return pending.get();
    }

    @Override
    public Timeline reconnects() {
        return reconnects;
    }

    @Override
    public String complaints() {
        return String.join("\n", complaints.stream().distinct().limit(10).toList());
    }

    @Override
    public void close() {
        commands.println("end");
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(script);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
