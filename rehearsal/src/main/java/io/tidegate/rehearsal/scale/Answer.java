package io.tidegate.rehearsal.scale;

import java.util.OptionalDouble;

/**
 * What Prometheus says to a trigger's query.
 *
 * @param value empty where there is none
 * @param why there is none
 */
record Answer(OptionalDouble value, String why) {

    static Answer of(double value) {
        return new Answer(OptionalDouble.of(value), "");
    }

    static Answer none(String why) {
        return new Answer(OptionalDouble.empty(), why);
    }
}
