package io.tidegate.fleet;

import io.tidegate.fleet.NodeReport.Revision;
import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether nodes of another revision replace the fleet's nodes, and which nodes must take the clients.
 *
 * <p>The new revision is the one whose first node is youngest. It is not the revision of the youngest node, which may
 * be an old node that was restarted, or that an autoscaler added. If a node of a revision has begun to drain, and none
 * has started since, that revision comes behind all others. That is true of the old revision in a rollout, and of the
 * new one when the rollout is undone. Every node reports both facts of its own revision, so a node that has just
 * started learns them from the others.
 *
 * <p>Its owner is the {@link Fleet}. Times are milliseconds of this node's clock; no two clocks are compared.
 */
final class Rollout {
    /**
     * If no node starts or drains for this time, no rollout is under way: the revisions stay side by side, as in a
     * paused rollout.
     */
    private static final long UNDER_WAY_MILLIS = Duration.ofMinutes(10).toMillis();

    /** A revision without a report is remembered for this time, because its last node may be restarting. */
    private static final long MEMORY_MILLIS = Duration.ofMinutes(10).toMillis();

    /** The largest number of revisions that are remembered. */
    private static final int MOST = 16;

    private final @Nullable String own;
    private final Map<String, Known> known = new HashMap<>();
    private long changed;

    // Only the owner's steps write these fields; any thread reads them.
    private volatile long first;
    private volatile boolean leaving;

    /**
     * A revision.
     *
     * @param first when its first node started
     * @param heard when the last report of it arrived
     */
    private record Known(long first, long heard) {}

    /**
     * The result for a node.
     *
     * @param underWay whether nodes are being replaced
     * @param handOvers clients that hand over are let in while fewer connections than this are open
     */
    record Standing(boolean underWay, int handOvers) {
        static final Standing NONE = new Standing(false, Integer.MAX_VALUE);
    }

    /**
     * The state of a node that has heard of no other node.
     *
     * @param own the node's revision; null where the node takes part in no rollout
     * @param now when the node starts
     */
    Rollout(@Nullable String own, long now) {
        this.own = own;
        this.first = now;
        this.changed = now;
    }

    /** What this node reports of its revision. Any thread. */
    @Nullable
    Revision revision(long now) {
        return own == null ? null : new Revision(own, Math.max(0, now - first), leaving);
    }

    /** This node begins to drain. */
    void drains(long now) {
        changed = now;
    }

    /**
     * Another node has reported.
     *
     * @param before its last report before this one; null where the node was not known
     */
    void hear(NodeReport report, @Nullable NodeReport before, long now) {
        Revision revision = report.revision();
        if (own == null || revision == null) {
            return;
        }
        boolean starts = before == null && !report.draining();
        boolean drains = before != null && !before.draining() && report.draining();
        if (starts || drains) {
            changed = now;
        }
        remember(revision, now);
        if (revision.name().equals(own)) {
            first = Math.min(first, now - revision.ageMillis());
            leaving = drains || (leaving && !starts);
        }
    }

    private void remember(Revision revision, long now) {
        known.values().removeIf(each -> now - each.heard > MEMORY_MILLIS);
        Known last = known.get(revision.name());
        if (last == null && known.size() >= MOST) {
            return;
        }
        long told = now - revision.ageMillis();
        known.put(revision.name(), new Known(last == null ? told : Math.min(told, last.first), now));
    }

    /**
     * Computes the result from the reports of all nodes.
     *
     * @param self what this node would report now
     */
    Standing standing(NodeReport self, List<NodeReport> others, Settings.Rebalance settings, long now) {
        if (self.revision() == null || self.draining() || now - changed > UNDER_WAY_MILLIS) {
            return Standing.NONE;
        }
        List<NodeReport> all = Stream.concat(Stream.of(self), others.stream()).toList();
        Set<String> revisions = new HashSet<>();
        all.forEach(node -> revisions.add(name(node)));
        revisions.remove("");
        if (revisions.size() < 2) {
            return Standing.NONE;
        }
        String newest = newest(all, now);
        double level = Math.max(level(all), heldByOld(all, newest));
        if (newest.equals(own)) {
            // New nodes also get an even load among themselves, so that no client moves again when the rollout is over.
            boolean othersLack = others.stream().filter(isOf(newest)).anyMatch(node -> holdsLess(node, level));
            return new Standing(true, othersLack ? (int) Math.ceil(level) : Integer.MAX_VALUE);
        }
        double most = level * (1 + settings.tolerance());
        boolean thereIsRoom = others.stream().filter(isOf(newest)).anyMatch(node -> holdsLess(node, most));
        return new Standing(true, thereIsRoom ? 0 : Integer.MAX_VALUE);
    }

    private String newest(List<NodeReport> all, long now) {
        Map<String, Revision> serving = new HashMap<>();
        for (NodeReport node : all) {
            Revision revision = node.revision();
            if (revision != null && !node.draining()) {
                serving.merge(revision.name(), revision, Rollout::both);
            }
        }
        return serving.values().stream()
                .min(Comparator.comparing(Revision::leaving)
                        .thenComparing(revision -> age(revision, now))
                        .thenComparing(Revision::name))
                .map(Revision::name)
                .orElse("");
    }

    /** Combines what two nodes of one revision know of it. */
    private static Revision both(Revision one, Revision other) {
        return new Revision(one.name(), Math.max(one.ageMillis(), other.ageMillis()), one.leaving() || other.leaving());
    }

    private long age(Revision told, long now) {
        Known remembered = known.get(told.name());
        return remembered == null ? told.ageMillis() : Math.max(told.ageMillis(), now - remembered.first);
    }

    /**
     * What each node that stays would hold if all connections were spread evenly: the clients of nodes that drain will
     * come to one of them.
     */
    private static double level(List<NodeReport> all) {
        long connections = all.stream()
                .mapToLong(node -> Math.max(0, node.connections() - node.moving()))
                .sum();
        long serving = all.stream().filter(node -> !node.draining()).count();
        return (double) connections / Math.max(1, serving);
    }

    /**
     * The mean of what the old nodes hold that do not drain yet. A pod that is to end does not know this at first, and
     * is counted as one that stays. So the level is too low for a while, but what such a pod holds is a whole share.
     */
    private static double heldByOld(List<NodeReport> all, String newest) {
        return all.stream()
                .filter(node -> !node.draining()
                        && node.revision() != null
                        && !name(node).equals(newest))
                .mapToInt(NodeReport::connections)
                .average()
                .orElse(0);
    }

    private static Predicate<NodeReport> isOf(String revision) {
        return node -> !node.draining() && name(node).equals(revision);
    }

    private static boolean holdsLess(NodeReport node, double than) {
        return node.connections() < Math.min(node.limit(), than);
    }

    private static String name(NodeReport node) {
        Revision revision = node.revision();
        return revision == null ? "" : revision.name();
    }
}
