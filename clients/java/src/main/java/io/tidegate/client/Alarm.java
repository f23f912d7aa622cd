package io.tidegate.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One task that waits for its time. A new task replaces it. In the client's mailbox only, where the task also runs. */
final class Alarm {
    private final Timers timers;
    private final Mailbox core;
    private Timers.@Nullable Timer timer;
    /** Counts the tasks, so that a task can be cancelled even when its time has come and it waits in the mailbox. */
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
