package io.tidegate.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.check.Journal;
import io.tidegate.check.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Clients of another language in a separate process, which reports a line for each event. {@code pool.mjs} describes the
 * lines.
 */
final class ScriptPool extends ClientPool {
    private final Script kind;
    private final Load load;
    private final Journal journal;
    private final Path script;
    private final Process process;
    private final PrintStream commands;
    private final Map<String, Journal.Observer> observers = new HashMap<>();

    /** @param first the number of their first publisher; publishers of other pools have lower numbers */
    ScriptPool(Script kind, int first, Load load, Journal journal, ClientAddress address) {
        super(kind.name());
        this.kind = kind;
        this.load = load;
        this.journal = journal;
        try {
            script = kind.unpack();
            ProcessBuilder builder = new ProcessBuilder(kind.command(script, address, load.interval()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            address.issuer().ifPresent(issuer -> builder.environment().put("CROWD_SECRET", issuer.secret()));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + kind.name(), e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        commands = new PrintStream(process.getOutputStream(), true, UTF_8);
        for (int i = first; i < first + kind.clients(); i++) {
            connect(i);
        }
        // A platform thread, because reading a pipe holds a carrier thread, and there are few of those.
        Thread.ofPlatform().daemon().name(kind.name() + "'s report").start(this::read);
    }

    private void connect(int index) {
        for (int which = 0; which < 2; which++) {
            String topic = load.topics().of(index, which);
            observers.put(index + " " + topic, journal.observe(kind.name() + "-" + index, topic, true));
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
            complaints.add("the report ended: " + e);
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
            case "refused" -> journal.refused(words.get(2), payload(words));
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
    int size() {
        return kind.clients();
    }

    @Override
    void publish() {
        commands.println("publish");
    }

    @Override
    void stop() {
        commands.println("stop");
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
