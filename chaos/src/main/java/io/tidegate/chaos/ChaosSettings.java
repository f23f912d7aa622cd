package io.tidegate.chaos;

import java.util.LinkedHashMap;
import java.util.Map;

/** The servers' settings in a run. The caller may override each. */
final class ChaosSettings {
    private ChaosSettings() {}

    /** A rolling replacement keeps a server's defaults. Chaos drains faster, so that a run has more faults. */
    static Map<String, String> of(boolean rolling, Map<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("tidegate.heartbeat", "5s");
        if (!rolling) {
            all.put("tidegate.drain.notice", "1s");
            all.put("tidegate.drain.window", "4s");
            all.put("tidegate.drain.timeout", "10s");
        }
        all.putAll(own);
        return all;
    }
}
