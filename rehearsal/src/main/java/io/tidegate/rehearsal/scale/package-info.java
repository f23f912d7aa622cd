/**
 * The scaling rehearsal: real servers, Redis, Prometheus and HAProxy, and a fleet that grows and shrinks according to the
 * rendered chart.
 */
@NullMarked
package io.tidegate.rehearsal.scale;

import org.jspecify.annotations.NullMarked;
