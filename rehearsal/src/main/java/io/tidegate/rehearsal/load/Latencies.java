package io.tidegate.rehearsal.load;

/**
 * How long things took.
 *
 * @param delivery from the moment at which a message was due to its reception, at each receiver
 * @param acknowledgement from that moment to the acknowledgement; on wires without one, to the publisher's own reception
 * @param connect from the beginning of a client to its service
 * @param outage from the loss of service to service again; hand-overs have none
 */
public record Latencies(Percentiles delivery, Percentiles acknowledgement, Percentiles connect, Percentiles outage) {}
