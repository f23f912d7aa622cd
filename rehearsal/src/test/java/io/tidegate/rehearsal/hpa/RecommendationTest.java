package io.tidegate.rehearsal.hpa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kubernetes' {@code replica_calculator.go} and {@code computeReplicasForMetrics}. */
class RecommendationTest {
    private static final Reading FAILED = new Reading.Failed("messages", "no answer");

    @ParameterizedTest
    @CsvSource({"10000,2,10", "10000,10,10", "10001,2,11", "1,2,1", "9001,2,10", "0,3,0"})
    void theFleetsSumDividedByTheTargetIsRoundedUp(double sum, int current, int replicas) {
        assertEquals(replicas, wanted(current, connections(sum)));
    }

    @ParameterizedTest
    @CsvSource({"2200,2,2", "2201,2,3", "1800,2,2", "1799,2,2", "9900,10,10", "900,1,1", "5400,6,6", "5399,6,6"})
    void withinTenPerCentNothingChanges(double sum, int current, int replicas) {
        assertEquals(replicas, wanted(current, connections(sum)));
    }

    @Test
    void belowTheToleranceTheFleetIsToShrink() {
        assertEquals(9, wanted(10, connections(8_999)));
    }

    @ParameterizedTest
    @CsvSource({"440,20,20", "460,20,23"})
    void asSeenOnACluster22ConnectionsAgainst20DoNotScaleAnd23Do(double sum, int current, int replicas) {
        assertEquals(replicas, wanted(current, Reading.Value.of("connections", sum, 20)));
    }

    @Test
    void theLargestOfSeveralMetricsCounts() {
        Recommendation.Wanted wanted = assertInstanceOf(
                Recommendation.Wanted.class,
                Recommendation.of(List.of(connections(3_000), Reading.Value.of("messages", 500, 100)), 2));
        assertEquals(new Recommendation.Wanted(5, "messages"), wanted);
    }

    @Test
    void aFailedMetricLetsTheOthersGrow() {
        assertEquals(10, wanted(2, connections(10_000), FAILED));
    }

    @Test
    void aFailedMetricLetsTheOthersKeepTheNumber() {
        assertEquals(2, wanted(2, FAILED, connections(2_000)));
    }

    @Test
    void aFailedMetricBlocksShrinking() {
        assertEquals(
                new Recommendation.Unknown("messages: no answer"),
                Recommendation.of(List.of(connections(1_000), FAILED), 10));
    }

    @Test
    void nothingIsKnownWhereAllFailed() {
        assertInstanceOf(Recommendation.Unknown.class, Recommendation.of(List.of(FAILED, FAILED), 10));
    }

    @Test
    void nothingIsKnownWithoutMetrics() {
        assertEquals(new Recommendation.Unknown("no metrics"), Recommendation.of(List.of(), 10));
    }

    @Test
    void valuesAreCutToThousandths() {
        assertEquals(new Reading.Value("messages", 33, 100_000), Reading.Value.of("messages", 0.0339, 100));
    }

    private static Reading connections(double sum) {
        return Reading.Value.of("connections", sum, 1_000);
    }

    private static int wanted(int current, Reading... readings) {
        return assertInstanceOf(Recommendation.Wanted.class, Recommendation.of(List.of(readings), current))
                .replicas();
    }
}
