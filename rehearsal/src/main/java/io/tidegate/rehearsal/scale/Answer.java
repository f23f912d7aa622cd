package io.tidegate.rehearsal.scale;

import java.util.OptionalDouble;

/**
 * The answer of Prometheus to a trigger's query.
 *
 * @param value empty where there is none
 * @param why there is no value
 */
record Answer(OptionalDouble value, String why) {

    static Answer of(double value) {
        return new Answer(OptionalDouble.of(value), "");
    }

    static Answer none(String why) {
        return new Answer(OptionalDouble.empty(), why);
    }
}
