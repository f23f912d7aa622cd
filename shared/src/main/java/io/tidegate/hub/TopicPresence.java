package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceChange;
import io.tidegate.relay.PresenceReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one topic in one write loop: the users of the loop's connections, what is not reported of them yet,
 * and, while a subscription here is shown the presence, all users in the topic. For that loop's thread alone.
 *
 * <p>One report is under way at a time. All that changes meanwhile goes into the next report.
 *
 * <p>One class, although long: reports and views count the same users, and an event changes both.
 */
final class TopicPresence {
    private final Topic topic;
    private final Presences.Self self;
    private final Map<Optional<String>, Mine> users = new LinkedHashMap<>();

    // What is to be reported.
    private final Set<Optional<String>> changed = new LinkedHashSet<>();
    private boolean whole = true;
    private boolean reporting;
    private long reports;
    private long nextNanos;
    private boolean unwatched;
    private boolean emptied;

    // Subscriptions that are shown the presence.
    private final Set<Subscription> watchers = new LinkedHashSet<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Waiting> unreported = new ArrayList<>();
    private final PresenceNews news;
    private @Nullable PresenceView view;
    private boolean settled;
    private long settledByNanos;
    private long answeredReport;
    private @Nullable Position answeredVersion;

    /** A user's connections on this loop, and when the first of them came. */
    private static final class Mine {
        private final long since;
        private int connections;

        Mine(long since) {
            this.since = since;
        }
    }

    /** A subscription that waits until a report is answered, and what follows then. */
    private record Waiting(Subscription subscription, long report, Runnable next) {}

    TopicPresence(Topic topic, Presences.Self self, Audience audience) {
        this.topic = topic;
        this.self = self;
        this.news = new PresenceNews(topic, this::send);
        this.nextNanos = self.clock().nanoTime();
        for (int i = 0; i < audience.size(); i++) {
            Subscription member = audience.member(i);
            count(member, 1, member.subscriber().connection().since());
        }
    }

    Topic topic() {
        return topic;
    }

    // The users that this loop has.

    void came(Subscription subscription) {
        emptied = false;
        count(subscription, 1, self.clock().epochMillis());
    }

    void left(Subscription subscription) {
        count(subscription, -1, 0);
        unwatch(subscription);
    }

    /** The topic's presence is not shown to this subscription any more. */
    void unwatch(Subscription subscription) {
        waiting.removeIf(one -> one.subscription == subscription);
        unreported.removeIf(one -> one.subscription == subscription);
        watchers.remove(subscription);
        if (watchers.isEmpty() && waiting.isEmpty()) {
            view = null;
        }
    }

    private void count(Subscription subscription, int more, long since) {
        Optional<String> user = subscription.user();
        Mine mine = users.computeIfAbsent(user, key -> new Mine(since));
        mine.connections += more;
        if (mine.connections <= 0) {
            users.remove(user);
        }
        changed.add(user);
    }

    /** The topic has no subscriber here, and the relay does not deliver it to this loop any more. */
    void emptied() {
        emptied = true;
    }

    /** The relay must get a complete report, and this loop the list, because reports and changes may have been lost. */
    void attached() {
        whole = true;
        nextNanos = self.clock().nanoTime();
        if (view != null) {
            view.unlist();
        }
    }

    // Reports.

    /** Whether there is something to report, or the node must report that it is still alive. */
    boolean isDue(long now) {
        return !reporting && (now - nextNanos >= 0 || (isBehind() && !whole));
    }

    private boolean isBehind() {
        return !changed.isEmpty() || (view != null && !view.isListed());
    }

    /** Whether this presence can be forgotten. */
    boolean isOver() {
        return !reporting && view == null && (unwatched || (emptied && !isBehind()));
    }

    /** @param number greater than that of any earlier report */
    PresenceReport report(long now, long number) {
        List<PresenceReport.Count> counts = new ArrayList<>();
        long millis = self.clock().epochMillis();
        for (Optional<String> user : whole ? users.keySet() : changed) {
            Mine mine = users.get(user);
            counts.add(
                    mine == null
                            ? new PresenceReport.Count(user, 0, 0)
                            : new PresenceReport.Count(user, mine.connections, Math.max(0, millis - mine.since)));
        }
        boolean list = view != null && !view.isListed();
        long watch = view == null ? 0 : self.times().lease();
        PresenceReport report = new PresenceReport(self.node(), number, whole, Duration.ofMillis(watch), list, counts);
        changed.clear();
        whole = false;
        reporting = true;
        reports++;
        nextNanos = now + stepNanos();
        return report;
    }

    private long stepNanos() {
        return TimeUnit.MILLISECONDS.toNanos(self.times().step());
    }

    /** The last report has been answered. */
    void answered(@Nullable PresenceAnswer answer) {
        long now = self.clock().nanoTime();
        reporting = false;
        if (answer == null) {
            // It is unknown whether the relay took the report. The next try comes with the next step, or when the link
            // is up again.
            whole = true;
            return;
        }
        switch (answer.outcome()) {
            case UNWATCHED -> {
                unwatched = view == null;
                answeredReport = reports;
                // The topic is not watched, so there will be no report that later subscriptions could wait for.
                goOn(one -> unwatched || isReported(one));
                sayAll(now);
            }
            case UNKNOWN -> sayAll(now);
            case TAKEN -> taken(answer, now);
        }
    }

    private void sayAll(long now) {
        whole = true;
        nextNanos = now;
    }

    private void taken(PresenceAnswer answer, long now) {
        answeredReport = reports;
        answeredVersion = answer.version();
        goOn(this::isReported);
        PresenceView present = view;
        if (present == null) {
            return;
        }
        settled |= answer.settled();
        if (answer.list().isPresent()) {
            tell(present.take(answer.list().get(), answer.version(), now), now);
        } else {
            present.check(answer.version());
        }
        showWaiting();
    }

    // Subscriptions that are shown the presence.

    boolean isShown(Subscription subscription) {
        return watchers.contains(subscription);
    }

    /**
     * Shows the topic's presence to a subscription: first the users in the topic, its own user included, then joins and
     * leaves.
     *
     * @param next is run after the users have been shown
     */
    void show(Subscription subscription, Runnable next) {
        long now = self.clock().nanoTime();
        if (view == null) {
            view = new PresenceView(
                    topic, TimeUnit.MILLISECONDS.toNanos(self.times().linger()));
            settled = false;
            settledByNanos = now + TimeUnit.SECONDS.toNanos(1);
            unwatched = false;
        }
        waiting.add(new Waiting(subscription, reportOf(subscription), next));
        showWaiting();
    }

    /** Runs {@code next} when the relay knows of this subscription. Returns false where the relay knows of it already. */
    boolean awaitReport(Subscription subscription, Runnable next) {
        long report = reportOf(subscription);
        if (report <= answeredReport) {
            return false;
        }
        unreported.add(new Waiting(subscription, report, next));
        return true;
    }

    /** The number of the report that includes this subscription. */
    private long reportOf(Subscription subscription) {
        return !whole && !changed.contains(subscription.user()) ? reports : reports + 1;
    }

    private boolean isReported(Waiting one) {
        return one.report <= answeredReport;
    }

    private void goOn(Predicate<Waiting> those) {
        List<Waiting> ready = unreported.stream().filter(those).toList();
        unreported.removeAll(ready);
        ready.forEach(one -> one.next.run());
    }

    void told(PresenceChange change, long now) {
        PresenceView present = view;
        if (present != null) {
            settled |= change.settled();
            tell(present.take(change), now);
            showWaiting();
        }
    }

    void tick(long now) {
        PresenceView present = view;
        if (present != null) {
            tell(present.expire(now), now);
            if (!settled && now - settledByNanos >= 0) {
                settled = true;
                showWaiting();
            }
        }
        news.tick(now);
    }

    private void tell(PresenceView.Difference difference, long now) {
        if (!watchers.isEmpty()) {
            news.add(difference, now);
        }
    }

    private void showWaiting() {
        PresenceView present = view;
        Position version = answeredVersion;
        if (present == null || version == null || !settled || !present.hasReached(version)) {
            return;
        }
        List<Waiting> ready = waiting.stream().filter(this::isReported).toList();
        waiting.removeAll(ready);
        for (Waiting one : ready) {
            watchers.add(one.subscription);
            sendPages(one, present.pages().all().iterator());
        }
    }

    /** Sends one page after the other, as fast as the peer takes them. */
    private static void sendPages(Waiting to, Iterator<PresencePages.Page> pages) {
        OutboundQueue queue = to.subscription.subscriber().queue();
        while (pages.hasNext()) {
            if (!queue.hasRoom()) {
                queue.whenRoom(() -> sendPages(to, pages));
                return;
            }
            queue.push(pages.next().frame(pages.hasNext()));
        }
        to.subscription.presenceShown();
        to.next.run();
    }

    private void send(FrameBatch frames) {
        // A copy, because a peer that is too slow leaves while the others are told.
        List.copyOf(watchers).forEach(watcher -> watcher.subscriber().send(frames));
    }
}
