package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.load.Issuer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run is to do.
 *
 * @param storm what goes wrong
 * @param servers what pods run
 * @param scripts the clients of other languages
 * @param issuer of tokens, where the servers are closed to all who bring none
 */
public record ChaosPlan(Load load, Storm storm, Servers servers, List<Script> scripts, Optional<Issuer> issuer) {
    /**
     * What pods run.
     *
     * @param jars in turn
     * @param settings of each
     * @param logs the directory for what they print
     */
    public record Servers(List<Path> jars, Map<String, String> settings, Optional<Path> logs) {}

    /** What goes wrong, and for how long. */
    public sealed interface Storm {

        /** One fault after the other, by the seed. */
        record Chaos(Duration duration, Duration every, long seed, Set<Fault> faults) implements Storm {
            public Chaos {
                faults = EnumSet.copyOf(faults);
            }
        }

        /** Every pod is replaced, once. */
        record Rolling() implements Storm {}

        /** Of four pods two leave at once, as in a scale-down: nobody is seen to leave or come. */
        record Shrink() implements Storm {}

        /** How many pods there are at first. */
        default int pods() {
            return switch (this) {
                case Chaos chaos -> 3;
                case Rolling rolling -> 3;
                case Shrink shrink -> 4;
            };
        }

        /** Whether publishes may be answered by "nobody knows". */
        default boolean touchesRedis() {
            return switch (this) {
                case Chaos chaos -> chaos.faults().stream().anyMatch(Fault::touchesRedis);
                case Rolling rolling -> false;
                case Shrink shrink -> false;
            };
        }
    }
}
