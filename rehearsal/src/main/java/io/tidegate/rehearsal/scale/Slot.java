package io.tidegate.rehearsal.scale;

import io.tidegate.testing.FreePort;
import java.util.ArrayList;
import java.util.List;

/**
 * A place for a pod. Prometheus and HAProxy know all slots from the start, because Prometheus takes up to ten real
 * seconds to notice a new target, which compressed time would make minutes.
 *
 * @param name of the pod, as the chart's queries select it
 * @param port of its WebSockets
 * @param managementPort of its metrics
 */
record Slot(String name, int port, int managementPort) {
    /** This many slots, with ports that are free now. */
    static List<Slot> of(String deployment, int count) {
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "%s-7d9c5b-p%03d".formatted(deployment, i);
            slots.add(new Slot(name, FreePort.find(), FreePort.find()));
        }
        return List.copyOf(slots);
    }
}
