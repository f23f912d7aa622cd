package io.tidegate.client;

import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The shared threads. They are created when the first client needs them, and stay until the process ends. */
final class SharedThreads {
    static final Options.Threads INSTANCE = create();

    private SharedThreads() {}

    private static Options.Threads create() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("tidegate-client-timers").factory());
        scheduler.setRemoveOnCancelPolicy(true);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http = HttpClient.newBuilder().executor(virtual).build();
        return new Options.Threads(http, scheduler, virtual);
    }
}
