package io.tidegate.client;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A WebSocket whose handshake has agreed on {@code tidegate.v1}. The interface to {@code java.net.http} or OkHttp. */
interface Socket {

    /** Sends a text message after those that were sent before; never blocks. */
    void send(String text);

    /** Requests the next {@link Events#text}: one comes for each call. */
    void read();

    /** Sends a close frame with this code after what was sent before. */
    void close(int code);

    /** Ends the connection at once. */
    void abort();

    /** Opens sockets. */
    @FunctionalInterface
    interface Factory {

        /**
         * Returns at once; the events tell the result. The handshake fails after the timeout.
         *
         * @param token the client's token
         * @param handsOver whether the server is told that another connection still serves the client
         */
        void open(URI url, Optional<String> token, boolean handsOver, Duration atMost, Events events);
    }

    /** The events of a socket: one call at a time, from any thread. After {@code ended} nothing useful follows. */
    interface Events {

        /** The handshake is done. */
        void opened(Socket socket);

        /** A whole text message. */
        void text(String text);

        /** Something came that is not a whole message: a ping, a pong, or a part of a message. */
        void alive();

        /** The connection was refused, closed or lost. */
        void ended(End end);
    }

    /** How a socket ended. */
    sealed interface End {

        /** The reason, for a human. */
        String reason();

        /** Whether another try is useless. */
        default boolean isFinal() {
            return false;
        }

        /** Whether the token was the reason, so that a try with another token is useful. */
        default boolean isForToken() {
            return false;
        }

        /** The shortest time to wait before the next try. */
        default Duration pause() {
            return Duration.ZERO;
        }

        /** The handshake was answered with another status than 101. */
        record Refused(int status, Optional<Duration> retryAfter) implements End {
            /** @param retryAfter the header, in seconds; a date, its other form, is ignored */
            static Refused with(int status, Optional<String> retryAfter) {
                return new Refused(
                        status,
                        retryAfter
                                .filter(value -> value.matches("\\d{1,6}"))
                                .map(value -> Duration.ofSeconds(Long.parseLong(value))));
            }

            @Override
            public boolean isFinal() {
                return status == 403;
            }

            @Override
            public boolean isForToken() {
                return status == 401;
            }

            @Override
            public Duration pause() {
                return retryAfter.orElse(Duration.ZERO);
            }

            @Override
            public String reason() {
                return "refused with HTTP " + status
                        + switch (status) {
                            case 401 -> "; a valid token is needed";
                            case 403 -> "; this client may not connect to this server";
                            case 404 -> "; Tidegate is at /chat";
                            default -> "";
                        };
            }
        }

        /**
         * The connection ended with a close frame, or with the end of TCP without one, which the JDK reports as 1006 (RFC
         * 6455, section 7.1.5).
         */
        record Closed(int code, String text) implements End {
            private static final int NO_FRAME = 1006;
            private static final int POLICY = 1008;
            private static final Duration AFTER_A_POLICY_CLOSE = Duration.ofSeconds(30);

            @Override
            public boolean isFinal() {
                return switch (code) {
                    case 1000, 1002, 1007, 1009, 4403 -> true;
                    default -> false;
                };
            }

            @Override
            public boolean isForToken() {
                return code == 4401;
            }

            @Override
            public Duration pause() {
                return code == POLICY ? AFTER_A_POLICY_CLOSE : Duration.ZERO;
            }

            @Override
            public String reason() {
                return code == NO_FRAME
                        ? "the connection ended without a close frame"
                        : "closed by the server: " + code + (text.isEmpty() ? "" : " " + text);
            }
        }

        /** Any other failure: no route, a timeout, a reset. */
        record Failed(String reason) implements End {
            /** Exceptions of sockets often have no message. Their causes then describe the failure, if anything does. */
            static Failed by(Throwable failure) {
                return new Failed(describe(failure));
            }

            static Failed withoutSubprotocol() {
                return new Failed("no-subprotocol: the server does not speak " + HttpSocket.SUBPROTOCOL
                        + " there; Tidegate does at /chat");
            }

            private static String describe(Throwable failure) {
                @Nullable Throwable cause = failure;
                while (cause != null) {
                    if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                        return "unknown host";
                    }
                    if (cause.getMessage() != null && !(cause instanceof ConnectException)) {
                        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
                    }
                    cause = cause.getCause();
                }
                return failure instanceof ConnectException
                        ? "cannot connect: no server listens there, or the network does not reach it"
                        : failure.getClass().getSimpleName();
            }
        }
    }
}
