package io.tidegate.fuzz;

import io.tidegate.access.PatternTarget;
import io.tidegate.access.TokenTarget;
import io.tidegate.fleet.NodeReportTarget;
import io.tidegate.framing.FrameReaderTarget;
import io.tidegate.framing.HandshakeTarget;
import io.tidegate.framing.InflationTarget;
import io.tidegate.framing.Utf8Target;
import io.tidegate.helidon.RequestFramingTarget;
import io.tidegate.protocol.CodecTarget;
import io.tidegate.relay.PacketTarget;
import io.tidegate.relay.PositionTarget;
import io.tidegate.settings.SettingsTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * One reader of foreign input.
 *
 * @param title the name in the command, and of its folder of inputs
 * @param type the class that Jazzer runs
 * @param test the same code: fails if the reader breaks a promise for an input
 */
record Target(String title, Class<?> type, Consumer<byte[]> test) {
    static final List<Target> ALL = List.of(
            new Target("frames", FrameReaderTarget.class, FrameReaderTarget::fuzzerTestOneInput),
            new Target("utf8", Utf8Target.class, Utf8Target::fuzzerTestOneInput),
            new Target("handshake", HandshakeTarget.class, HandshakeTarget::fuzzerTestOneInput),
            new Target("requests", RequestFramingTarget.class, RequestFramingTarget::fuzzerTestOneInput),
            new Target("inflation", InflationTarget.class, InflationTarget::fuzzerTestOneInput),
            new Target("codec", CodecTarget.class, CodecTarget::fuzzerTestOneInput),
            new Target("positions", PositionTarget.class, PositionTarget::fuzzerTestOneInput),
            new Target("patterns", PatternTarget.class, PatternTarget::fuzzerTestOneInput),
            new Target("tokens", TokenTarget.class, TokenTarget::fuzzerTestOneInput),
            new Target("settings", SettingsTarget.class, SettingsTarget::fuzzerTestOneInput),
            new Target("packets", PacketTarget.class, PacketTarget::fuzzerTestOneInput),
            new Target("fleet", NodeReportTarget.class, NodeReportTarget::fuzzerTestOneInput));

    /** The run of Jazzer on this target. */
    Fuzzing fuzzing(Path kept, Path work) {
        return new Fuzzing(title, type, kept.resolve(title), work.resolve(title));
    }
}
