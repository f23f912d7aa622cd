package io.tidegate.charts.cluster;

/** The fleet did something else than it should; the message says what. */
final class TrialFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrialFailedException(String message) {
        super(message);
    }
}
