package io.tidegate.client;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A WebSocket that was asked for {@code tidegate.v1} and said yes. The seam to {@code java.net.http}, or OkHttp. */
interface Socket {

    /** Sends a text message behind those that were sent before; never blocks. */
    void send(String text);

    /** Lets the next {@link Events#text} come: there is one for each call. */
    void read();

    /** Sends a close frame with this code behind what was sent before. */
    void close(int code);

    /** Ends it at once. */
    void abort();

    /** Opens sockets. */
    @FunctionalInterface
    interface Factory {

        /**
         * Returns at once; the events tell what became of it. The handshake fails after the time.
         *
         * @param token shows who the client is
         */
        void open(URI url, Optional<String> token, Duration atMost, Events events);
    }

    /** What happens to a socket: one call at a time, from any thread. After {@code ended} nothing of use follows. */
    interface Events {

        /** The handshake is done. */
        void opened(Socket socket);

        /** A whole text message. */
        void text(String text);

        /** Something came that was no whole message: a ping, a pong, a part. */
        void alive();

        /** It was refused, closed or lost. */
        void ended(End end);
    }

    /** How a socket ended. */
    sealed interface End {

        /** For a human. */
        String reason();

        /** Whether trying again is of no use. */
        default boolean isFinal() {
            return false;
        }

        /** Whether it was for the token, so that another one is of use. */
        default boolean isForToken() {
            return false;
        }

        /** How long to stay away at least. */
        default Duration pause() {
            return Duration.ZERO;
        }

        /** A handshake that was answered by something else than 101. */
        record Refused(int status, Optional<Duration> retryAfter) implements End {
            /** @param retryAfter the header, in seconds; its other form, a date, is not worth a parser */
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
                            case 401 -> "; a token that is valid is needed";
                            case 403 -> "; this client may not connect there";
                            case 404 -> "; Tidegate is at /chat";
                            default -> "";
                        };
            }
        }

        /** A close frame, or the end of TCP without one, which the JDK reports as 1006 (RFC 6455, section 7.1.5). */
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

        /** Anything else: no route, timed out, reset. */
        record Failed(String reason) implements End {
            /** The exceptions of sockets often have no message, and what they mean is in their causes, if anywhere. */
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
                        ? "cannot connect: no server listens there, or no way leads there"
                        : failure.getClass().getSimpleName();
            }
        }
    }
}
