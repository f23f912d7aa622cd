package io.tidegate.check;

import io.tidegate.check.Journal.Observer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Divides the events of a topic into finished and unfinished ones, so that the finished part can be judged by itself and
 * forgotten. The division is after a message that all listening observers have received. No earlier message may have come
 * after it at any observer, and each earlier publish must have a known result. If there is no such message, everything is
 * kept.
 */
final class Checkpoint {
    private final Topic topic;
    private final List<Observer> listening;

    Checkpoint(Topic topic) {
        this.topic = topic;
        this.listening =
                topic.observers.stream().filter(observer -> !observer.ended).toList();
    }

    void tryToMake() {
        // An observer that has received nothing yet may still receive what all others have.
        if (listening.isEmpty() || listening.stream().anyMatch(observer -> observer.received.size() == 0)) {
            return;
        }
        int most = listening.stream()
                .mapToInt(observer -> observer.received.size())
                .min()
                .getAsInt();
        boolean oneSequence = topic.observers.stream().allMatch(observer -> observer.since == Observer.ALWAYS);
        if (!oneSequence || forgetWhatAllHaveAlike() < most / 2) {
            forgetUpToACommonMessage();
        }
        topic.observers.removeIf(observer -> observer.ended && observer.received.size() == 0);
    }

    /** The usual case: all observers have received the same messages in the same order, so there is no defect. */
    private int forgetWhatAllHaveAlike() {
        Observer slowest = listening.stream()
                .min(Comparator.comparingInt(observer -> observer.received.size()))
                .orElseThrow();
        int alike = slowest.received.size();
        for (Observer observer : topic.observers) {
            alike = observer.received.alike(slowest.received, alike);
        }
        int count = 0;
        while (count < alike) {
            long payload = slowest.received.get(count);
            Published publish = topic.published.get(payload);
            if (publish == null || !publish.isSettled()) {
                break;
            }
            topic.order.next(Payload.unpacked(payload), publish);
            topic.forget(payload);
            count++;
        }
        for (Observer observer : topic.observers) {
            observer.received.removeFirst(Math.min(count, observer.received.size()));
        }
        return count;
    }

    private void forgetUpToACommonMessage() {
        List<Split> all = topic.observers.stream().map(Split::new).toList();
        Optional<Long> last = commonMessage(
                all.stream().filter(split -> !split.observer.ended).toList());
        if (last.isEmpty()) {
            return;
        }
        Set<Long> over = new HashSet<>();
        for (Split split : all) {
            split.endBehind(last.get());
            split.over().forEach(over::add);
        }
        // The messages of an observer that left earlier, or that has missed the common message, are divided where the
        // others' finished part ends.
        for (Split split : all) {
            split.endWith(over);
            split.over().forEach(over::add);
        }
        over.remove(Observer.GAP);
        if (all.stream().allMatch(split -> split.endsThere(over))) {
            forget(over, all);
        }
    }

    /** The last message that all listening observers have received and before which every publish has a known result. */
    private static Optional<Long> commonMessage(List<Split> all) {
        Split slowest = all.stream()
                .min(Comparator.comparingInt(split -> split.settled))
                .orElseThrow();
        for (int i = slowest.settled - 1; i >= 0; i--) {
            long payload = slowest.observer.received.get(i);
            if (payload != Observer.GAP && all.stream().allMatch(split -> split.has(payload))) {
                return Optional.of(payload);
            }
        }
        return Optional.empty();
    }

    private void forget(Set<Long> over, List<Split> all) {
        Map<Long, Published> published = new HashMap<>();
        for (long payload : over) {
            Published publish = topic.published.get(payload);
            if (publish != null) {
                published.put(payload, publish);
            }
        }
        List<ObservedSegment> segments = all.stream().map(Split::segment).toList();
        topic.defects.addAll(new SegmentCheck(topic, published, segments, topic.order).defects());
        over.forEach(topic::forget);
        all.forEach(Split::forget);
    }

    /**
     * The first index of each message at an observer, the index up to which all publishes have a known result, and the
     * end of the finished part.
     */
    private final class Split {
        private final Observer observer;
        private final Map<Long, Integer> firstAt = new HashMap<>();
        private int settled;
        private int end;

        Split(Observer observer) {
            this.observer = observer;
            settled = observer.received.size();
            for (int i = observer.received.size() - 1; i >= 0; i--) {
                long payload = observer.received.get(i);
                firstAt.put(payload, i);
                if (payload != Observer.GAP && !topic.isSettled(payload)) {
                    settled = i;
                }
            }
        }

        boolean has(long payload) {
            Integer at = firstAt.get(payload);
            return at != null && at < settled;
        }

        void endBehind(long payload) {
            Integer at = firstAt.get(payload);
            end = at == null ? 0 : at + 1;
        }

        /** Sets the end, unless it is set already. */
        void endWith(Set<Long> over) {
            int last = end > 0 ? end : observer.received.size();
            while (end == 0 && last > 0 && !over.contains(observer.received.get(last - 1))) {
                last--;
            }
            end = last;
        }

        LongStream over() {
            return observer.received.stream().limit(end);
        }

        boolean endsThere(Set<Long> over) {
            return end <= settled && observer.received.stream().skip(end).noneMatch(over::contains);
        }

        ObservedSegment segment() {
            boolean goesOn = !observer.ended || observer.received.size() > end;
            return new ObservedSegment(observer, over().toArray(), goesOn);
        }

        void forget() {
            observer.received.removeFirst(end);
            if (end > 0) {
                observer.since = Observer.ALWAYS;
            }
        }
    }
}
