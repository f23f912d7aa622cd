package io.tidegate.node;

import io.tidegate.log.Log;
import io.tidegate.owner.OutOfMemory;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The life of a server's process, the same for every runtime: what it prints, when it ends, and its exit code. */
public final class Launch {
    private static final String LOGGER = Launch.class.getName();
    private static final System.Logger LOG = System.getLogger(LOGGER);

    private static final int CANNOT_LISTEN = 1;
    private static final int BAD_SETTINGS = 2;

    /** The exit code of a JVM whose main thread fails. */
    private static final int FAILED = 1;

    private Launch() {}

    /** A server whose listeners are open. */
    public interface Server extends AutoCloseable {
        int port();

        int managementPort();

        /** Empty where the API is not open. */
        OptionalInt apiPort();

        /** How sockets are written, in words for the start line. */
        String writes();

        /** Drains. Returns when all connections have left. */
        void drain() throws InterruptedException;

        @Override
        void close();
    }

    /** How a runtime starts its server. */
    @FunctionalInterface
    public interface Start {
        /**
         * Opens the listeners.
         *
         * @throws IllegalArgumentException where a file that the settings name cannot be used
         * @throws CannotListenException where one of the ports is not available
         */
        Server start(Settings settings) throws CannotListenException;
    }

    /**
     * Starts a server, and ends it at the first signal. To be called before anything else, because signals are handled
     * from this call on. A signal during the start takes effect when the start is over: before that nothing can be closed
     * in order. A start that fails ends the process.
     *
     * @param runtime its name for humans
     * @param arguments of the command line: {@code --version}, or none
     * @param read reads the settings, or throws a {@link SettingsException}
     * @throws ReflectiveOperationException where this JVM does not allow signal handlers
     */
    public static void run(String runtime, String[] arguments, Supplier<Settings> read, Start start)
            throws ReflectiveOperationException {
        if (arguments.length > 0) {
            answer(runtime, arguments);
            return;
        }
        OutOfMemory.endsProcess();
        CompletableFuture<Server> started = new CompletableFuture<>();
        AtomicBoolean ending = new AtomicBoolean();
        Termination.onSignal(() -> {
            ending.set(true);
            end(started);
        });
        try {
            Settings settings = read.get();
            Log log = Log.setUp(settings);
            open(settings, log, start).ifPresent(server -> {
                OutOfMemory.watchLog();
                started.complete(server);
                if (!ending.get()) {
                    announce(runtime, settings, log, server);
                }
            });
        } catch (SettingsException e) {
            // The log format is not known yet, so the message is printed as it is.
            System.err.println(e.getMessage());
            System.exit(BAD_SETTINGS);
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            throw e;
        }
    }

    private static Optional<Server> open(Settings settings, Log log, Start start) {
        try {
            RequestClasses.load(settings);
            return Optional.of(start.start(settings));
        } catch (IllegalArgumentException e) {
            giveUp(log, e, BAD_SETTINGS);
        } catch (CannotListenException e) {
            giveUp(log, e, CANNOT_LISTEN);
        }
        return Optional.empty();
    }

    private static void answer(String runtime, String[] arguments) {
        if (Arrays.equals(arguments, new String[] {"--version"})) {
            System.out.println(name(runtime) + ", revision " + Version.revision());
            return;
        }
        String unknown = Arrays.stream(arguments)
                .filter(argument -> !argument.equals("--version"))
                .findFirst()
                .orElse("--version");
        System.err.println(
                "unknown argument: " + unknown + "; the only allowed argument is --version. Write a setting as"
                        + " -Dtidegate.port=8080 before -jar, as TIDEGATE_PORT=8080 in the environment, or in"
                        + " application.yaml");
        System.exit(BAD_SETTINGS);
    }

    private static String name(String runtime) {
        return "Tidegate " + Version.current() + " (" + runtime + ")";
    }

    private static void announce(String runtime, Settings settings, Log log, Server server) {
        StartLines lines = new StartLines(name(runtime), settings, server);
        lines.described().forEach(line -> LOG.log(Level.INFO, line));
        // One write: printf writes piece by piece, and a log line could come in between.
        log.print(System.out, Level.INFO, LOGGER, lines.listens());
    }

    /** Exits without a stack trace: the message says what to change. */
    private static void giveUp(Log log, Exception reason, int exitCode) {
        log.print(System.err, Level.ERROR, LOGGER, String.valueOf(reason.getMessage()));
        System.exit(exitCode);
    }

    /**
     * Waits for the start, because a server that is half open cannot be closed in order. A second signal ends the process
     * without waiting.
     */
    private static void end(CompletableFuture<Server> started) {
        try {
            Server server = started.get();
            server.drain();
            server.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // The thread that started the server logs the reason.
            System.exit(FAILED);
        }
        System.exit(0);
    }
}
