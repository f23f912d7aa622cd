package io.tidegate.helidon;

import io.tidegate.settings.Settings;
import io.tidegate.tracing.Tracing;

/** Where a node's spans are sent. Without tracing, no class of OpenTelemetry is loaded. */
public final class Spans {
    private Spans() {}

    /**
     * The tracing according to the settings.
     *
     * @throws IllegalArgumentException where OpenTelemetry cannot do what its variables say
     */
    public static Tracing of(Settings settings) {
        return settings.tracing().enabled() ? OpenTelemetryTracing.start(settings) : Tracing.OFF;
    }
}
