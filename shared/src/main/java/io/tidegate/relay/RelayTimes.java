package io.tidegate.relay;

import io.tidegate.settings.Settings;

/** How much a relay keeps of a topic, and for how long. */
record RelayTimes(Retention retention, PresenceTimes presence) {
    static RelayTimes of(Settings settings) {
        return new RelayTimes(
                Retention.of(settings.history()),
                PresenceTimes.of(settings.presence().linger()));
    }
}
