package io.tidegate.rehearsal.check;

import io.tidegate.rehearsal.check.Journal.Observer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Divides what happened on a topic into what is over and what is not, so that the first part can be judged by itself and
 * forgotten: behind a message that everybody who listens has got, where nothing that came before it came behind it at
 * anybody's, and where each publisher knows what became of it. Where there is no such message, all is kept.
 */
final class Cut {
    private final Topic topic;
    private final List<Observer> listening;

    Cut(Topic topic) {
        this.topic = topic;
        this.listening =
                topic.observers.stream().filter(observer -> !observer.ended).toList();
    }

    void tryToMake() {
        // Who has got nothing yet may still get what all others have.
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

    /** The usual case: all have got the same, in the same order, and there is nothing to find. */
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
        Map<Observer, Places> places = new HashMap<>();
        topic.observers.forEach(observer -> places.put(observer, new Places(observer)));
        Optional<Long> last = commonMessage(places);
        if (last.isEmpty()) {
            return;
        }
        Set<Long> over = new HashSet<>();
        Map<Observer, Integer> ends = new HashMap<>();
        for (Observer observer : topic.observers) {
            Integer at = places.get(observer).firstAt.get(last.get());
            if (at != null) {
                ends.put(observer, at + 1);
                observer.received.stream().limit(at + 1L).forEach(over::add);
            }
        }
        // Who left earlier, or has missed that message, is divided where the others' part ends.
        for (Observer observer : topic.observers) {
            ends.computeIfAbsent(observer, absent -> places.get(absent).endOf(over));
        }
        for (Observer observer : topic.observers) {
            int end = ends.get(observer);
            observer.received.stream().limit(end).forEach(over::add);
            if (end > places.get(observer).settled) {
                return;
            }
        }
        over.remove(Observer.GAP);
        if (ends.entrySet().stream().allMatch(end -> endsThere(end.getKey(), end.getValue(), over))) {
            forget(over, ends);
        }
    }

    private static boolean endsThere(Observer observer, int end, Set<Long> over) {
        return observer.received.stream().skip(end).noneMatch(over::contains);
    }

    /** The last one that all who listen have got while everything before it was settled. */
    private Optional<Long> commonMessage(Map<Observer, Places> places) {
        Observer slowest = listening.stream()
                .min(Comparator.comparingInt(observer -> places.get(observer).settled))
                .orElseThrow();
        for (int i = places.get(slowest).settled - 1; i >= 0; i--) {
            long payload = slowest.received.get(i);
            if (payload != Observer.GAP
                    && listening.stream()
                            .allMatch(observer -> places.get(observer).has(payload))) {
                return Optional.of(payload);
            }
        }
        return Optional.empty();
    }

    private void forget(Set<Long> over, Map<Observer, Integer> ends) {
        Map<Long, Published> published = new HashMap<>();
        for (long payload : over) {
            Published publish = topic.published.get(payload);
            if (publish != null) {
                published.put(payload, publish);
            }
        }
        List<Stretch> stretches = new ArrayList<>();
        ends.forEach((observer, end) -> {
            boolean goesOn = !observer.ended || observer.received.size() > end;
            stretches.add(
                    new Stretch(observer, observer.received.stream().limit(end).toArray(), goesOn));
        });
        topic.defects.addAll(new StretchCheck(topic, published, stretches, topic.order).defects());
        over.forEach(topic::forget);
        ends.forEach((observer, end) -> {
            observer.received.removeFirst(end);
            if (end > 0) {
                observer.since = Observer.ALWAYS;
            }
        });
    }

    /** Where an observer has each message first, and up to where each publisher knows what became of it. */
    private final class Places {
        private final Observer observer;
        private final Map<Long, Integer> firstAt = new HashMap<>();
        private int settled;

        Places(Observer observer) {
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

        int endOf(Set<Long> over) {
            int end = observer.received.size();
            while (end > 0 && !over.contains(observer.received.get(end - 1))) {
                end--;
            }
            return end;
        }
    }
}
