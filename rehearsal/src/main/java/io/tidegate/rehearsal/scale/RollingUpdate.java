package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How a Deployment replaces its pods (Kubernetes, "Rolling Update Deployment").
 *
 * @param maxSurge pods above the wanted number: a number, or a percentage such as {@code 25%}, rounded up
 * @param maxUnavailable pods that may be missing: a number, or a percentage, rounded down
 */
record RollingUpdate(String maxSurge, String maxUnavailable) {
    private static final String DEFAULT = "25%";

    /** Reads a Deployment, with the defaults of Kubernetes. */
    static RollingUpdate of(JsonNode deployment) {
        JsonNode strategy = deployment.at("/spec/strategy");
        if (!strategy.path("type").asText("RollingUpdate").equals("RollingUpdate")) {
            throw new UnplayableException(
                    "strategy.type is " + strategy.path("type").asText() + "; a rehearsal plays RollingUpdate");
        }
        JsonNode update = strategy.path("rollingUpdate");
        return new RollingUpdate(
                update.path("maxSurge").asText(DEFAULT),
                update.path("maxUnavailable").asText(DEFAULT));
    }

    /** The pods above the wanted number that may be there. */
    int surge(int replicas) {
        return (int) Math.ceil(part(maxSurge, replicas));
    }

    /** The pods below the wanted number that may be missing. */
    int unavailable(int replicas) {
        int missing = (int) Math.floor(part(maxUnavailable, replicas));
        // Kubernetes does the same, because otherwise no pod could ever be replaced.
        return missing == 0 && surge(replicas) == 0 ? 1 : missing;
    }

    private static double part(String value, int replicas) {
        return value.endsWith("%")
                ? Integer.parseInt(value.substring(0, value.length() - 1)) * replicas / 100.0
                : Integer.parseInt(value);
    }
}
