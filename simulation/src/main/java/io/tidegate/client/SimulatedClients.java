package io.tidegate.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** The real client, with the given time, sockets and random numbers. */
public final class SimulatedClients {
    /** Starts no thread unless it is used, and no code uses it. */
    private static final HttpClient NO_HTTP = HttpClient.newHttpClient();

    private static final ScheduledThreadPoolExecutor NO_SCHEDULER = new ScheduledThreadPoolExecutor(0);

    private SimulatedClients() {}

    /** Sets timers. */
    public interface Scheduler {
        /** Runs the task after this number of nanoseconds; the result cancels it. */
        Runnable after(long nanos, Runnable task);
    }

    /** The sending side of a socket. */
    public interface Wire {
        void send(String text);

        void read();

        void close(int code);

        void abort();
    }

    /** The events of a socket. */
    public interface Events {
        void opened(Wire wire);

        void text(String text);

        void alive();

        void refused(int status, Optional<Duration> retryAfter);

        void closed(int code);

        void failed(String reason);
    }

    /** Opens a socket. */
    public interface Dialer {
        void open(Events events);
    }

    /** A client that connects with this dialer. */
    public static TidegateClient connect(
            Dialer dialer,
            LongSupplier nanoTime,
            Scheduler scheduler,
            RandomGenerator random,
            Backoff backoff,
            Consumer<StateChange> states) {
        Options options = Options.of("ws://fleet/chat")
                .withBackoff(backoff)
                .withBounds(new Options.Bounds(1_000, 1_000, Duration.ofSeconds(5)))
                .withThreads(new Options.Threads(NO_HTTP, NO_SCHEDULER, Runnable::run))
                .withStates(states);
        TidegateClient client = new TidegateClient(options, sockets(dialer), timers(nanoTime, scheduler), random);
        client.reconnect();
        return client;
    }

    private static Timers timers(LongSupplier nanoTime, Scheduler scheduler) {
        return new Timers() {
            @Override
            public long nanoTime() {
                return nanoTime.getAsLong();
            }

            @Override
            public Timer after(Duration delay, Runnable task) {
                return scheduler.after(delay.toNanos(), task)::run;
            }
        };
    }

    private static Socket.Factory sockets(Dialer dialer) {
        return new Socket.Factory() {
            @Override
            public void open(
                    URI url, Optional<String> token, boolean handsOver, Duration atMost, Socket.Events events) {
                dialer.open(new Events() {
                    @Override
                    public void opened(Wire wire) {
                        events.opened(new Socket() {
                            @Override
                            public void send(String text) {
                                wire.send(text);
                            }

                            @Override
                            public void read() {
                                wire.read();
                            }

                            @Override
                            public void close(int code) {
                                wire.close(code);
                            }

                            @Override
                            public void abort() {
                                wire.abort();
                            }
                        });
                    }

                    @Override
                    public void text(String text) {
                        events.text(text);
                    }

                    @Override
                    public void alive() {
                        events.alive();
                    }

                    @Override
                    public void refused(int status, Optional<Duration> retryAfter) {
                        events.ended(new Socket.End.Refused(status, retryAfter));
                    }

                    @Override
                    public void closed(int code) {
                        events.ended(new Socket.End.Closed(code, ""));
                    }

                    @Override
                    public void failed(String reason) {
                        events.ended(new Socket.End.Failed(reason));
                    }
                });
            }
        };
    }
}
