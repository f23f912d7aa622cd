package io.tidegate.workload;

import io.tidegate.client.Options;
import io.tidegate.client.State;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.Trace;
import java.util.Optional;
import java.util.function.Supplier;

/** The tokens of one client of {@code tidegate.v1}, one for each request of the client. Its monitor guards the counts. */
final class Renewals {
    private static final String NOTICE = "{\"type\":\"server-shutdown\"";

    private final Issuer issuer;
    private final String user;
    private final TokenTally tally;
    private final Supplier<Optional<TidegateClient>> client;
    /** Calls in this hand-over. */
    private int inDrain;

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

    /**
     * Gives the next token. The client requests no other token before it has this one, so its state cannot belong to a
     * later drain.
     */
    private String next() {
        tally.asked();
        client.get()
                .filter(own -> own.state() == State.LEAVING || own.state() == State.HANDING_OVER)
                .ifPresent(own -> countInDrain());
        return issuer.token(user, Issuer.SHORT);
    }

    private synchronized void countInDrain() {
        tally.askedInDrain(++inDrain);
    }

    private synchronized void drainBegins() {
        tally.drained();
        inDrain = 0;
    }

    /** The client handles what has come only after this call, so that no call belongs to another hand-over. */
    private void look(Trace trace) {
        if (trace.kind() == Trace.Kind.ENDED) {
            tally.ended(trace.text());
        } else if (trace.kind() == Trace.Kind.RECEIVED && trace.text().startsWith(NOTICE)) {
            drainBegins();
        }
    }
}
