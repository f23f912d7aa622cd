package io.tidegate.rehearsal.load;

import io.tidegate.client.Options;
import io.tidegate.client.State;
import io.tidegate.client.StateChange;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.Trace;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The tokens of one client of {@code tidegate.v1}, as often as it asks for them. Its monitor guards the counts. */
final class Renewals {
    private final Issuer issuer;
    private final String user;
    private final TokenTally tally;
    private final Supplier<Optional<TidegateClient>> client;
    /** Calls since a node said that it leaves, by its name. */
    private final Map<String, Integer> inDrains = new HashMap<>();

    Renewals(Issuer issuer, String user, TokenTally tally, Supplier<Optional<TidegateClient>> client) {
        this.issuer = issuer;
        this.user = user;
        this.tally = tally;
        this.client = client;
    }

    Options in(Options options) {
        return options.withToken(this::next)
                .withTokenFailures(failure -> tally.failed(user + ": no token: " + failure))
                .withTraces(this::look);
    }

    /** The client asks for no other token before this one is there, so its state cannot be that of a later drain. */
    private String next() {
        tally.asked();
        client.get()
                .filter(own -> own.state() == State.LEAVING || own.state() == State.HANDING_OVER)
                .flatMap(TidegateClient::node)
                .ifPresent(this::countInDrain);
        return issuer.token(user, Issuer.SHORT);
    }

    private synchronized void countInDrain(String node) {
        tally.askedInDrain(inDrains.merge(node, 1, Integer::sum));
    }

    synchronized void changed(StateChange change) {
        if (change.to() == State.LEAVING) {
            tally.drained();
        } else if (change.to() == State.LIVE) {
            inDrains.clear();
        }
    }

    private void look(Trace trace) {
        if (trace.kind() == Trace.Kind.ENDED) {
            tally.ended(trace.text());
        }
    }
}
