package io.tidegate.chaos;

import io.tidegate.workload.Issuer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plan of a run.
 *
 * @param storm the faults
 * @param servers the servers in the pods
 * @param scripts the clients of other languages
 * @param issuer of tokens, where the servers require them
 */
record ChaosPlan(Load load, Storm storm, Servers servers, List<Script> scripts, Optional<Issuer> issuer) {
    /**
     * The servers in the pods.
     *
     * @param jars used in turn
     * @param settings of each server
     * @param logs the directory for their output
     */
    record Servers(List<Path> jars, Map<String, String> settings, Optional<Path> logs) {}

    /** The kind of faults, and for how long. */
    sealed interface Storm {

        /** One fault after the other, chosen by the seed. */
        record Chaos(Duration duration, Duration every, long seed, Set<Fault> faults) implements Storm {
            public Chaos {
                faults = EnumSet.copyOf(faults);
            }
        }

        /** Every pod is replaced, once. */
        record Rolling() implements Storm {}

        /** Two of four pods leave at once, as in a scale-down. No watcher may see a user leave or come. */
        record Shrink() implements Storm {}

        /** The number of pods at the start. */
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
