package io.tidegate.helidon;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.tidegate.node.Version;
import io.tidegate.settings.Settings;
import io.tidegate.tracing.Step;
import io.tidegate.tracing.Tracing;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans with OpenTelemetry, configured by OpenTelemetry's own variables ({@code OTEL_*}) or system properties
 * ({@code otel.*}).
 */
final class OpenTelemetryTracing implements Tracing {
    private static final String RESOURCE = "otel.resource.attributes";
    private static final String HEADER = "traceparent";
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final W3CTraceContextPropagator CONTEXT = W3CTraceContextPropagator.getInstance();

    /** Shorter than the time that a pod has after its drain. */
    private static final long FLUSH_MILLIS = 2_000;

    /** Defaults, for what the variables do not set. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "tidegate",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            "otel.propagators", "tracecontext",
            // This provider creates a random id, and warns because the node's name is set instead.
            "otel.java.disabled.resource.providers",
                    "io.opentelemetry.sdk.autoconfigure.ServiceInstanceIdResourceProvider");

    private static final TextMapGetter<String> GETTER = new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable String traceparent, String key) {
            return key.equals(HEADER) ? traceparent : null;
        }
    };

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    private OpenTelemetryTracing(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("io.tidegate", Version.current());
    }

    /**
     * Starts to send.
     *
     * @throws IllegalArgumentException where OpenTelemetry cannot do what its variables say
     */
    static OpenTelemetryTracing start(Settings settings) {
        try {
            return new OpenTelemetryTracing(AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(() -> DEFAULTS)
                    .addPropertiesCustomizer(
                            given -> Map.of(RESOURCE, resource(settings, given.getString(RESOURCE, ""))))
                    .build()
                    .getOpenTelemetrySdk());
        } catch (ConfigurationException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalArgumentException(
                    "tidegate.tracing.enabled is set, and a variable of OpenTelemetry (OTEL_*) cannot be used; allowed is what"
                            + " docs/tracing.md lists: " + cause.getMessage(),
                    e);
        }
    }

    /** The sender of the spans. The operator's attributes come last, so they override the others. */
    private static String resource(Settings settings, String given) {
        String self = "service.instance.id=" + settings.server().node() + ",service.version=" + Version.current();
        return given.isEmpty() ? self : self + "," + given;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Tracing.Span begin(Step step, String traceparent, String topic) {
        return new Begun(builder(step, traceparent, topic).startSpan());
    }

    @Override
    public void add(Step step, String traceparent, String topic, long beganNanos, long endedNanos) {
        Instant now = Clock.systemUTC().instant();
        long nanoTime = System.nanoTime();
        builder(step, traceparent, topic)
                .setStartTimestamp(now.minusNanos(nanoTime - beganNanos))
                .startSpan()
                .end(now.minusNanos(nanoTime - endedNanos));
    }

    private SpanBuilder builder(Step step, String traceparent, String topic) {
        Context parent = CONTEXT.extract(Context.root(), traceparent, GETTER);
        SpanBuilder builder = tracer.spanBuilder(step.name().toLowerCase(Locale.ROOT))
                .setParent(parent)
                .setSpanKind(kind(step));
        if (!topic.isEmpty()) {
            builder.setAttribute(SYSTEM, "tidegate").setAttribute(TOPIC, topic);
        }
        return builder;
    }

    private static SpanKind kind(Step step) {
        return switch (step) {
            case HANDSHAKE -> SpanKind.SERVER;
            case PUBLISH -> SpanKind.PRODUCER;
            case RELAY -> SpanKind.CLIENT;
            case DELIVER -> SpanKind.CONSUMER;
            case DRAIN -> SpanKind.INTERNAL;
        };
    }

    @Override
    public void close() {
        sdk.getSdkTracerProvider().shutdown().join(FLUSH_MILLIS, MILLISECONDS);
    }

    private record Begun(io.opentelemetry.api.trace.Span span) implements Tracing.Span {
        @Override
        public String traceparent() {
            String[] header = {""};
            CONTEXT.inject(Context.root().with(span), header, (carrier, key, value) -> {
                if (carrier != null && key.equals(HEADER)) {
                    carrier[0] = value;
                }
            });
            return header[0];
        }

        @Override
        public boolean isSampled() {
            return span.getSpanContext().isSampled();
        }

        @Override
        public void end(String failure) {
            if (!failure.isEmpty()) {
                span.setStatus(StatusCode.ERROR, failure);
            }
            span.end();
        }
    }
}
