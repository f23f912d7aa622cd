package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A receiver that keeps what comes, and notices when two threads bring messages of one topic at once. */
final class Inbox implements Relay.Receiver {
    /** One arrival. */
    record Arrival(Topic topic, Position position, Message message) {
        String text() {
            return new String(message.payload(), UTF_8);
        }
    }

    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<Position> gaps = new ArrayList<>();
    private final Set<Topic> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean overlapped;

    static Message text(String text) {
        return new Message(Opcode.TEXT, text.getBytes(UTF_8));
    }

    @Override
    public void receive(Topic topic, Segment segment) {
        overlapped |= !busy.add(topic);
        synchronized (arrivals) {
            for (int i = 0; i < segment.messages().size(); i++) {
                Position position = segment.isKept() ? segment.first().plus(i) : Position.NONE;
                arrivals.add(new Arrival(topic, position, segment.messages().get(i)));
            }
        }
        busy.remove(topic);
    }

    @Override
    public void gap(Topic topic, Position position) {
        synchronized (arrivals) {
            gaps.add(position);
        }
    }

    /** Where messages were reported as missing. */
    List<Position> gaps() {
        synchronized (arrivals) {
            return List.copyOf(gaps);
        }
    }

    boolean overlapped() {
        return overlapped;
    }

    List<Arrival> all() {
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    int size() {
        synchronized (arrivals) {
            return arrivals.size();
        }
    }

    List<String> texts(Topic topic) {
        return all().stream()
                .filter(arrival -> arrival.topic().equals(topic))
                .map(Arrival::text)
                .toList();
    }
}
