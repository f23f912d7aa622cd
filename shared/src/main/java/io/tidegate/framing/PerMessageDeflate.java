package io.tidegate.framing;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The result of a handshake about permessage-deflate (RFC 7692, section 7.1). Neither side keeps its context from one
 * message to the next. So a batch is compressed once for all of its receivers, and no connection costs the memory of a
 * window.
 *
 * @param window bits of the client's window for what the server sends (section 7.1.2.1): 8 to 15
 * @param answered whether the client asked for this window, so that the response must name it
 */
public record PerMessageDeflate(int window, boolean answered) {
    private static final String NAME = "permessage-deflate";
    private static final int MOST_BITS = 15;

    /**
     * The first of these offers that can be accepted; empty where there is none. An offer with an unknown parameter, a
     * repeated parameter or a bad value must be declined (section 7.1). Others may follow it.
     */
    static Optional<PerMessageDeflate> of(List<Extensions.Offer> offers) {
        return offers.stream()
                .filter(offer -> offer.name().equals(NAME))
                .flatMap(offer -> accept(offer.parameters()).stream())
                .findFirst();
    }

    private static Optional<PerMessageDeflate> accept(List<Extensions.Parameter> parameters) {
        Set<String> seen = new HashSet<>();
        Optional<Integer> window = Optional.empty();
        for (Extensions.Parameter parameter : parameters) {
            Optional<String> value = parameter.value();
            boolean good = switch (parameter.name()) {
                case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
                // The client's window is not limited: the server reads with the largest window, which fits every size.
                case "client_max_window_bits" ->
                    value.isEmpty() || value.flatMap(PerMessageDeflate::bits).isPresent();
                case "server_max_window_bits" -> {
                    window = value.flatMap(PerMessageDeflate::bits);
                    yield window.isPresent();
                }
                default -> false;
            };
            if (!good || !seen.add(parameter.name())) {
                return Optional.empty();
            }
        }
        return Optional.of(new PerMessageDeflate(window.orElse(MOST_BITS), window.isPresent()));
    }

    /** A decimal number without leading zeros (section 7.1.2.1). */
    private static Optional<Integer> bits(String value) {
        return value.matches("[89]|1[0-5]") ? Optional.of(Integer.valueOf(value)) : Optional.empty();
    }

    /** The value of {@code Sec-WebSocket-Extensions} in the response. */
    String response() {
        String response = NAME + "; server_no_context_takeover; client_no_context_takeover";
        return answered ? response + "; server_max_window_bits=" + window : response;
    }

    /**
     * The largest message in bytes that the client can inflate. With the largest window, which the server uses, there is
     * no limit.
     */
    int longest() {
        return window == MOST_BITS ? Integer.MAX_VALUE : 1 << window;
    }
}
