package io.tidegate.workload;

import io.tidegate.check.Journal;
import io.tidegate.check.Payload;
import io.tidegate.client.Ack;
import io.tidegate.client.ClientClosedException;
import io.tidegate.client.Gap;
import io.tidegate.client.Message;
import io.tidegate.client.Options;
import io.tidegate.client.Publication;
import io.tidegate.client.Refusal;
import io.tidegate.client.State;
import io.tidegate.client.StateChange;
import io.tidegate.client.Subscription;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.TopicListener;
import io.tidegate.client.Trace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client of {@code tidegate.v1}, which resumes and can be handed over. */
final class FullUser implements VirtualUser {
    private static final Pattern CLOSED = Pattern.compile("closed by the server: (\\d{4})");

    private final int index;
    private final Shared shared;
    private final Service service;
    private final Optional<Renewals> renewals;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Refusals refusals = new Refusals();
    private int published;
    private volatile @Nullable TidegateClient client;
    private volatile boolean leaving;

    FullUser(int index, Shared shared) {
        this.index = index;
        this.shared = shared;
        this.service = new Service(shared.tally(), "v1-" + index);
        this.renewals =
                shared.issuer().map(issuer -> new Renewals(issuer, "v1-" + index, shared.tally().tokens, this::client));
    }

    @Override
    public void start() {
        Options states = Options.of(shared.profile().chats()).withStates(this::changed);
        Options options = shared.journal().takesRefusals() ? states.withTraces(this::traced) : states;
        TidegateClient own =
                TidegateClient.connect(renewals.map(one -> one.in(options)).orElse(options));
        client = own;
        for (int which = 0; which < shared.profile().topics().each(); which++) {
            String topic = shared.profile().topics().of(index, which);
            Listener listener = new Listener(shared.journal().join("v1-" + index, topic));
            listener.subscription = own.subscribe(topic, listener);
            listeners.add(listener);
        }
        if (leaving) {
            close();
        }
    }

    /** The user is served from {@code LIVE} until it waits, hand-overs included. */
    private void changed(StateChange change) {
        switch (change.to()) {
            case LIVE, LEAVING, HANDING_OVER -> {
                if (change.from() == State.HANDING_OVER) {
                    service.isHandedOver();
                }
                service.begins();
                listeners.forEach(Listener::listens);
            }
            case CONNECTING, RESUMING, WAITING -> service.ends(code(change.reason()), change.reason());
            case CLOSED -> {
                service.ends(code(change.reason()), change.reason());
                if (!leaving) {
                    shared.tally().complain("v1-" + index + " was closed for good: " + change.reason());
                }
            }
        }
    }

    private static int code(String reason) {
        Matcher closed = CLOSED.matcher(reason);
        return closed.find() ? Integer.parseInt(closed.group(1)) : Service.NO_CODE;
    }

    @Override
    public boolean canPublish() {
        return service.served() && !leaving && waiting.get() < AHEAD;
    }

    @Override
    public void publish(long due) throws InterruptedException {
        TidegateClient own = client;
        if (own == null) {
            return;
        }
        int number = published++;
        String topic = topic(number);
        Payload payload = new Payload(index, number);
        shared.journal().publishing(topic, payload);
        waiting.incrementAndGet();
        shared.tally().pending.incrementAndGet();
        String text = "\"" + new Stamp(payload, due).text(shared.profile().size()) + "\"";
        try {
            var unused = own.publish(Publication.of(topic, text).withId(refusals.id(number)))
                    .whenComplete((ack, failure) -> answered(topic, payload, due, ack, failure));
        } catch (ClientClosedException e) {
            // The client has left since it was checked whether it can publish.
            answered(topic, payload, due, null, e);
        }
    }

    private String topic(int number) {
        Topics topics = shared.profile().topics();
        return topics.of(index, number % topics.each());
    }

    private void traced(Trace trace) {
        refusals.refused(trace)
                .ifPresent(number -> shared.journal().refused(topic(number), new Payload(index, number)));
    }

    private void answered(String topic, Payload payload, long due, @Nullable Ack ack, @Nullable Throwable failure) {
        if (ack != null) {
            shared.tally().acknowledgement.record(System.nanoTime() - due);
            shared.journal().acknowledged(topic, payload, ack.position().orElseThrow());
        } else {
            shared.journal().abandoned(topic, payload);
            if (!leaving) {
                shared.tally().complain("publish failed: " + failure);
            }
        }
        waiting.decrementAndGet();
        shared.tally().pending.decrementAndGet();
    }

    @Override
    public boolean isSettled() {
        return waiting.get() == 0;
    }

    @Override
    public void close() {
        leaving = true;
        listeners.forEach(listener -> listener.observer.end());
        service.isOver();
        TidegateClient own = client;
        if (own != null) {
            own.close();
        }
    }

    @Override
    public Optional<String> node() {
        return client().flatMap(TidegateClient::node);
    }

    Optional<TidegateClient> client() {
        return Optional.ofNullable(client);
    }

    private final class Listener implements TopicListener {
        private final Journal.Observer observer;
        private @Nullable Subscription subscription;
        private boolean listens;

        Listener(Journal.Observer observer) {
            this.observer = observer;
        }

        /** The client is served, and the server has said where delivery begins. */
        void listens() {
            Subscription own = subscription;
            if (!listens && own != null && own.position().isPresent()) {
                listens = true;
                observer.listens();
            }
        }

        @Override
        public void message(Message message) {
            long now = System.nanoTime();
            Stamp.ofJson(message.message())
                    .ifPresentOrElse(
                            stamp -> {
                                shared.tally().received(stamp, now);
                                observer.received(message.position().orElseThrow(), stamp.payload());
                            },
                            () -> other(message));
        }

        /** A message of another publisher, which writes to the same journal and has no stamp. */
        private void other(Message message) {
            Payload.of(message.message())
                    .ifPresentOrElse(
                            payload -> observer.received(message.position().orElseThrow(), payload),
                            () -> shared.tally().complain("foreign message " + message));
        }

        @Override
        public void lost(Gap gap) {
            observer.gap();
        }

        @Override
        public void refused(Refusal refusal) {
            shared.tally().complain("subscription refused: " + refusal);
        }
    }
}
