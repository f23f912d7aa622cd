package io.tidegate.framing;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a handshake settled of permessage-deflate (RFC 7692, section 7.1). Neither side keeps its context from one message to the
 * next: so a batch is compressed once for all who get it, and no connection costs the memory of a window.
 *
 * @param window bits of the window that the client has for what we send (section 7.1.2.1): 8 to 15
 * @param answered whether the client asked for it, and so must be told
 */
public record PerMessageDeflate(int window, boolean answered) {
    private static final String NAME = "permessage-deflate";
    private static final int MOST_BITS = 15;

    /**
     * The first of these offers that can be accepted; empty where none can. One with an unknown parameter, a parameter that stands
     * twice or a bad value has to be declined (section 7.1), and others may follow it.
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
                // What it may send us is not narrowed: a window of the largest size reads them all.
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

    /** Bytes that a message may have for the client to inflate it: with the largest window, which is ours, any number. */
    int longest() {
        return window == MOST_BITS ? Integer.MAX_VALUE : 1 << window;
    }
}
