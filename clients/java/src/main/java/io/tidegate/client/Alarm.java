package io.tidegate.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One task that waits for its time; another one takes its place. In the client's mailbox only, where the task runs, too. */
final class Alarm {
    private final Timers timers;
    private final Mailbox core;
    private Timers.@Nullable Timer timer;
    /** Counts what was set, so that a task whose time has come and which waits in the mailbox can be cancelled, too. */
    private long tickets;

    Alarm(Timers timers, Mailbox core) {
        this.timers = timers;
        this.core = core;
    }

    void set(Duration delay, Runnable task) {
        cancel();
        long ticket = tickets;
        timer = timers.after(
                delay,
                () -> core.post(() -> {
                    if (ticket == tickets) {
                        timer = null;
                        task.run();
                    }
                }));
    }

    void cancel() {
        tickets++;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
