package io.tidegate.charts.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which pods go when a fleet shrinks. By itself Kubernetes takes the youngest, whatever they hold; a pod that says what it costs goes
 * when it is the cheapest. The young ones hold the most here: {@value #FULL} clients each, and the old ones {@value #EMPTY}.
 */
final class Victims {
    private static final int FULL = 30;
    private static final int EMPTY = 2;
    private static final int OLD = 2;
    private static final int ALL = 4;

    private final Release release;
    private final Cluster cluster;
    private final Timeline timeline;

    Victims(Release release, Cluster cluster, Timeline timeline) {
        this.release = release;
        this.cluster = cluster;
        this.timeline = timeline;
    }

    /** Shrinks with and without, and compares how many clients had to move. */
    void compare() throws InterruptedException {
        int without = shrink("a fleet shrinks by itself", Map.of());
        int with = shrink("the same with podDeletionCost", cost());
        System.out.printf(
                Locale.ROOT,
                "%d clients on %d pods, 2 pods go: %d clients moved without podDeletionCost, %d with it%n",
                OLD * EMPTY + (ALL - OLD) * FULL,
                ALL,
                without,
                with);
        if (with != OLD * EMPTY || without != (ALL - OLD) * FULL) {
            throw new TrialFailedException("expected were " + (ALL - OLD) * FULL + " and " + OLD * EMPTY);
        }
        guard();
    }

    private int shrink(String title, Map<String, String> values) throws InterruptedException {
        timeline.title(title);
        size(OLD, values);
        List<String> old = cluster.addresses();
        size(ALL, values);
        try (DirectClients clients = new DirectClients()) {
            for (String address : cluster.addresses()) {
                clients.connect(address, old.contains(address) ? EMPTY : FULL);
            }
            if (!values.isEmpty()) {
                timeline.await("costs of all pods", Trial.START, look -> areTold(cluster.costs()));
            }
            size(OLD, values);
            return clients.closed();
        }
    }

    /** A pod writes its cost again where that has changed by more than a tenth, and may have written it while clients came. */
    private static boolean areTold(List<String> costs) {
        List<Integer> sorted = costs.stream()
                .filter(cost -> cost.matches("[0-9]+"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
        return sorted.size() == ALL
                && sorted.subList(0, OLD).stream().allMatch(cost -> cost == EMPTY)
                && sorted.subList(OLD, ALL).stream().allMatch(cost -> cost > FULL * 9 / 10);
    }

    private void size(int pods, Map<String, String> values) throws InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.put("autoscaling.enabled", "false");
        all.put("replicas", String.valueOf(pods));
        release.upgrade(all);
        timeline.await(
                pods + " pods", Trial.START, look -> look.ready() == pods && look.leaving() == 0 && look.rolledOut());
    }

    /** Where nothing mounts a ServiceAccount into pods, as without its admission plug-in, a Secret takes its place. */
    private Map<String, String> cost() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("podDeletionCost.enabled", "true");
        values.put("podDeletionCost.interval", "1s");
        if (!cluster.mountsAccounts()) {
            String secret = cluster.accountAsSecret();
            // Its token is no pod's own.
            values.put("podDeletionCost.guard", "false");
            values.put("extraVolumes[0].name", "account");
            values.put("extraVolumes[0].secret.secretName", secret);
            values.put("extraVolumeMounts[0].name", "account");
            // /var/run leads here, and a link is nothing to mount on.
            values.put("extraVolumeMounts[0].mountPath", "/run/secrets/kubernetes.io/serviceaccount");
        }
        return values;
    }

    /** A pod's own token may set that annotation of itself, and nothing else. */
    private void guard() throws InterruptedException {
        timeline.title("the guard of podDeletionCost");
        Map<String, String> values = cost();
        values.put("podDeletionCost.guard", "true");
        size(OLD, values);
        List<String> pods = cluster.names();
        String own = pods.getFirst();
        String annotation = "{\"metadata\":{\"annotations\":{\"%s\":\"7\"}}}";
        String cost = annotation.formatted("controller.kubernetes.io/pod-deletion-cost");
        List<List<String>> forbidden = List.of(
                List.of(pods.getLast(), cost, "may change itself alone"),
                List.of(own, annotation.formatted("example.com/a"), "pod-deletion-cost alone"),
                List.of(own, "{\"metadata\":{\"labels\":{\"example.com/a\":\"7\"}}}", "pod-deletion-cost alone"),
                List.of(
                        own,
                        "{\"spec\":{\"containers\":[{\"name\":\"server\",\"image\":\"example.com/other\"}]}}",
                        "pod-deletion-cost alone"));
        for (List<String> each : forbidden) {
            timeline.await(
                    "refusal of " + each,
                    Trial.START,
                    look -> cluster.refusal(own, each.get(0), each.get(1)).contains(each.get(2)));
        }
        String refused = cluster.refusal(own, own, cost);
        if (!refused.isEmpty()) {
            throw new TrialFailedException("a pod may not say what it costs: " + refused);
        }
        System.out.println("a pod may say what it costs, and do nothing else: " + forbidden.size() + " tries refused");
    }
}
