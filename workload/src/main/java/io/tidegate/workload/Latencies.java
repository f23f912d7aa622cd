package io.tidegate.workload;

/**
 * Measured durations.
 *
 * @param delivery from the moment at which a message was due to its reception, at each receiver
 * @param acknowledgement from that moment to the acknowledgement; on wires without one, to the publisher's own reception
 * @param connect from the start of a client to its service
 * @param outage from the loss of service to the next service; hand-overs have none
 */
public record Latencies(Percentiles delivery, Percentiles acknowledgement, Percentiles connect, Percentiles outage) {}
