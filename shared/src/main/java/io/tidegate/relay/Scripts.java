package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import io.tidegate.settings.Sharding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * The scripts that work on a topic's state in Redis, each in one atomic step: their arguments and their answers. They
 * are loaded once for each link. If Redis has lost the scripts, the link fails, and the next link loads them again.
 */
final class Scripts {
    /** The index of the first envelope in the answer of {@code history.lua}. */
    private static final int FIRST_ENVELOPE = 3;

    /** The index of the first user in the answer of {@code presence.lua}. */
    private static final int FIRST_USER = 4;

    private final String publish;
    private final String probe;
    private final String attach;
    private final String history;
    private final String presence;
    private final Retention retention;
    private final Supplier<String> epochs;

    /**
     * Loads the scripts; blocks.
     *
     * @param sharding says which commands publish
     * @param epochs returns a new epoch at each call
     */
    Scripts(RScript scripts, RelayTimes times, Sharding sharding, Supplier<String> epochs) {
        Retention retention = times.retention();
        String commands = constants(sharding);
        RFuture<String> publishing = scripts.scriptLoadAsync(commands + constants(retention) + source("publish.lua"));
        RFuture<String> probing =
                scripts.scriptLoadAsync(commands + constants(retention.brief()) + source("publish.lua"));
        RFuture<String> attaching = scripts.scriptLoadAsync(source("attach.lua"));
        RFuture<String> reading = scripts.scriptLoadAsync(source("history.lua"));
        RFuture<String> reporting =
                scripts.scriptLoadAsync(commands + constants(times.presence()) + source("presence.lua"));
        this.publish = publishing.toCompletableFuture().join();
        this.probe = probing.toCompletableFuture().join();
        this.attach = attaching.toCompletableFuture().join();
        this.history = reading.toCompletableFuture().join();
        this.presence = reporting.toCompletableFuture().join();
        this.retention = retention;
        this.epochs = epochs;
    }

    /** Loads the scripts; blocks. */
    static Scripts load(RedissonClient redisson, RelayTimes times, Sharding sharding) {
        return new Scripts(
                redisson.getScript(ByteArrayCodec.INSTANCE),
                times,
                sharding,
                () -> Retention.newEpoch(ThreadLocalRandom.current()));
    }

    CompletionStage<List<Object>> publish(RScriptAsync scripts, Link.Kept kept) {
        TopicKeys keys = kept.keys();
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(keys.channel().getBytes(UTF_8));
        arguments.add(epochs.get().getBytes(UTF_8));
        arguments.add(epoch(kept.known()));
        arguments.add(offset(kept.known()));
        for (Link.Entry entry : kept.entries()) {
            arguments.add(entry.id().getBytes(UTF_8));
            arguments.add(entry.envelope());
        }
        String script = keys.isProbe() ? probe : publish;
        return scripts.evalShaAsync(Mode.READ_WRITE, script, ReturnType.LIST, keys.writing(), arguments.toArray());
    }

    CompletionStage<List<Object>> attach(RScriptAsync scripts, TopicKeys keys, Optional<Position> known) {
        String epoch = epochs.get();
        return scripts.evalShaAsync(
                Mode.READ_WRITE,
                attach,
                ReturnType.LIST,
                keys.attaching(),
                epoch.getBytes(UTF_8),
                bytes(retention.state().toMillis()),
                epoch(known),
                offset(known),
                EmptyPosition.birth(epoch).getBytes(UTF_8));
    }

    CompletionStage<List<Object>> presence(
            RScriptAsync scripts, TopicKeys keys, PresenceReport report, long trustMillis) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(keys.channel().getBytes(UTF_8));
        arguments.add(epochs.get().getBytes(UTF_8));
        arguments.add(report.node().getBytes(UTF_8));
        arguments.add((report.whole() ? "whole" : "part").getBytes(UTF_8));
        arguments.add(bytes(report.watch().toMillis()));
        arguments.add((report.list() ? "list" : "").getBytes(UTF_8));
        arguments.add(bytes(trustMillis));
        arguments.add(bytes(report.number()));
        for (PresenceReport.Count count : report.counts()) {
            arguments.add(PresenceChange.field(count.user()).getBytes(UTF_8));
            arguments.add(bytes(count.connections()));
            arguments.add(bytes(count.age()));
        }
        return scripts.evalShaAsync(Mode.READ_WRITE, presence, ReturnType.LIST, keys.presence(), arguments.toArray());
    }

    /** Reads the answer of {@code presence.lua}. */
    static PresenceAnswer presence(List<?> answer, PresenceReport report) {
        List<Present> users = new ArrayList<>();
        for (int i = FIRST_USER; i < answer.size(); i += 2) {
            String[] words = text(answer.get(i + 1)).split(" ", -1);
            users.add(new Present(
                    PresenceChange.user(text(answer.get(i))), Integer.parseInt(words[0]), Long.parseLong(words[1])));
        }
        return new PresenceAnswer(
                PresenceAnswer.Outcome.valueOf(text(answer.get(0)).toUpperCase(Locale.ROOT)),
                (Long) answer.get(1) == 1,
                new Position(text(answer.get(2)), (Long) answer.get(3)),
                report.list() ? Optional.of(users) : Optional.empty());
    }

    CompletionStage<List<Object>> history(RScriptAsync scripts, TopicKeys keys, Position after, int maxBytes) {
        return read(scripts, keys, after.epoch(), after.offset(), maxBytes);
    }

    CompletionStage<List<Object>> last(RScriptAsync scripts, TopicKeys keys, int messages, int maxBytes) {
        return read(scripts, keys, "", messages, maxBytes);
    }

    private CompletionStage<List<Object>> read(
            RScriptAsync scripts, TopicKeys keys, String epoch, long offset, int maxBytes) {
        return scripts.evalShaAsync(
                Mode.READ_ONLY,
                history,
                ReturnType.LIST,
                keys.reading(),
                epoch.getBytes(UTF_8),
                bytes(offset),
                bytes(maxBytes),
                bytes(Retention.OVERHEAD),
                bytes(retention.empty().toMillis()));
    }

    /** Reads the answer of {@code attach.lua}: an epoch, an offset, and whether the topic is watched. */
    static Attachment attachment(List<?> answer) {
        return new Attachment(positions(answer.subList(0, 2)).getFirst(), (Long) answer.get(2) == 1);
    }

    static List<Position> positions(List<?> answer) {
        String epoch = new String((byte[]) answer.getFirst(), UTF_8);
        return answer.stream()
                .skip(1)
                .map(offset -> new Position(epoch, (Long) offset))
                .toList();
    }

    /** Reads the answer of {@code history.lua} to {@link #history}. */
    static History history(List<?> answer) {
        return answer.isEmpty() ? History.LOST : page(answer, History.LOST);
    }

    /**
     * Reads the answer of {@code history.lua} to {@link #last}. {@link History#reaches} is false only where Redis keeps
     * nothing from which a position could be made. If the last messages cannot be read, none of them are held.
     */
    static History last(List<?> answer) {
        return answer.isEmpty()
                ? History.LOST
                : page(
                        answer,
                        History.none(
                                positions(answer.subList(0, FIRST_ENVELOPE)).getFirst()));
    }

    private static History page(List<?> answer, History unreadable) {
        List<Position> positions = positions(answer.subList(0, FIRST_ENVELOPE));
        Position head = positions.getFirst();
        Position before = positions.getLast();
        List<?> envelopes = answer.subList(FIRST_ENVELOPE, answer.size());
        List<Message> messages = new ArrayList<>(envelopes.size());
        for (Object envelope : envelopes) {
            Envelope.decode((byte[]) envelope).map(Envelope::message).ifPresent(messages::add);
        }
        if (messages.size() < envelopes.size() || (messages.isEmpty() && !head.equals(before))) {
            return unreadable;
        }
        return new History(true, before, messages, head.offset() > before.offset() + messages.size());
    }

    /** The constant that the scripts need that publish. */
    private static String constants(Sharding sharding) {
        return "local COMMANDS = {%s%s}%n"
                .formatted(sharding.publishes() ? "'PUBLISH'," : "", sharding.shardPublishes() ? "'SPUBLISH'" : "");
    }

    /** The constants that {@code publish.lua} needs. */
    private static String constants(Retention retention) {
        return """
                local KEPT, TTL, IDS_TTL, STATE_TTL = '%d', '%d', '%d', '%d'
                local MOST, OVERHEAD, LEAST_IDS, MOST_IDS = %d, %d, %d, %d
                """.formatted(
                        retention.size(),
                        retention.ttl().toMillis(),
                        retention.ids().toMillis(),
                        retention.state().toMillis(),
                        retention.bytes(),
                        Retention.OVERHEAD,
                        retention.leastIds(),
                        retention.mostIds());
    }

    /** The constants that {@code presence.lua} needs. */
    private static String constants(PresenceTimes times) {
        return "local LINGER, LEASE, UNTENDED, SETTLING, STATE = %d, %d, %d, %d, %d%n"
                .formatted(times.linger(), times.lease(), times.untended(), times.settling(), times.state());
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }

    private static byte[] epoch(Optional<Position> known) {
        return known.map(Position::epoch).orElse("").getBytes(UTF_8);
    }

    private static byte[] offset(Optional<Position> known) {
        return bytes(known.map(Position::offset).orElse(0L));
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    private static String source(String name) {
        try (InputStream script = Scripts.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(script.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + name, e);
        }
    }
}
