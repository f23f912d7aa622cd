/**
 * The arithmetic by which Kubernetes and KEDA choose a number of replicas. No I/O and no clock: the caller passes the
 * time.
 *
 * <p>Written after the published algorithm: Kubernetes' {@code pkg/controller/podautoscaler} ({@code horizontal.go},
 * {@code replica_calculator.go}), its defaults {@code pkg/apis/autoscaling/v2/defaults.go}, and KEDA's {@code
 * pkg/fallback/fallback.go}.
 */
@NullMarked
package io.tidegate.rehearsal.hpa;

import org.jspecify.annotations.NullMarked;
