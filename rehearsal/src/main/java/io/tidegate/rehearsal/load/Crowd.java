package io.tidegate.rehearsal.load;

import io.tidegate.client.TidegateClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The members of a swarm, which come and go at a rate. Its monitor guards all of it. */
final class Crowd {
    private static final long TICK_MILLIS = 10;
    /** Who leaves waits so long for what it has published to be acknowledged. */
    private static final long FAREWELL_NANOS = Duration.ofSeconds(10).toNanos();

    private final Shared shared;
    private final List<Member> members = new ArrayList<>();
    private final Deque<Leaving> leaving = new ArrayDeque<>();
    private final Schedule pace = new Schedule();
    private int created;
    private int target;
    private int turn;

    private record Leaving(Member member, long until) {}

    Crowd(Shared shared) {
        this.shared = shared;
        var unused = shared.timers().scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void resize(int target, double perSecond) {
        this.target = target;
        pace.rate(perSecond, System.nanoTime());
    }

    /** As many as there are is what there are to be. */
    synchronized void hold() {
        target = members.size();
    }

    synchronized int target() {
        return target;
    }

    synchronized boolean isAtTarget() {
        return members.size() == target && leaving.isEmpty();
    }

    synchronized List<Member> members() {
        return List.copyOf(members);
    }

    private synchronized void tick() {
        long now = System.nanoTime();
        while (members.size() != target && pace.due() <= now) {
            pace.taken();
            if (members.size() < target) {
                Member member = create(created++);
                members.add(member);
                member.start();
            } else {
                leaving.add(new Leaving(members.removeLast(), now + FAREWELL_NANOS));
            }
        }
        leaving.removeIf(guest -> {
            boolean goes = guest.member().isSettled() || guest.until() <= now;
            if (goes) {
                guest.member().close();
            }
            return goes;
        });
    }

    private Member create(int index) {
        return switch (shared.profile().mix().of(index)) {
            case V1 -> new FullMember(index, shared);
            case PLAIN -> new SocketMember(index, Dialect.PLAIN, shared);
            case BROADCAST -> new SocketMember(index, Dialect.BROADCAST, shared);
        };
    }

    /** Whose turn it is to publish; empty where nobody has room. */
    synchronized Optional<Member> next() {
        for (int i = 0; i < members.size(); i++) {
            turn = (turn + 1) % members.size();
            Member member = members.get(turn);
            if (member.canPublish()) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    /** A last message on the broadcast path, by one of those who are there. */
    void publishLastBroadcast(int number, long due) {
        members().stream()
                .filter(Member::canPublish)
                .filter(SocketMember.class::isInstance)
                .map(SocketMember.class::cast)
                .filter(SocketMember::broadcasts)
                .findFirst()
                .ifPresent(member -> member.publishLast(number, due));
    }

    /** Those of {@code tidegate.v1} that are served. */
    List<TidegateClient> clients() {
        return members().stream()
                .filter(Member::canPublish)
                .filter(FullMember.class::isInstance)
                .map(member -> ((FullMember) member).client())
                .flatMap(Optional::stream)
                .toList();
    }

    synchronized void close() {
        target = 0;
        members.forEach(Member::close);
        leaving.forEach(guest -> guest.member().close());
        members.clear();
        leaving.clear();
    }
}
