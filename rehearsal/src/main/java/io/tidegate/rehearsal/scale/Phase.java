package io.tidegate.rehearsal.scale;

/**
 * A part of the scenario.
 *
 * @param begin seconds of the scenario
 * @param arrived when the number of clients had reached its target
 */
record Phase(double begin, double arrived, double end) {

    boolean contains(Moment moment) {
        return begin <= moment.at() && moment.at() < end;
    }
}
