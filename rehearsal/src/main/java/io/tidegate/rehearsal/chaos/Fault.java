package io.tidegate.rehearsal.chaos;

/** What can go wrong. */
public enum Fault {
    /** SIGKILL, then another pod. */
    KILL_POD,
    /** SIGTERM, and no other pod comes. */
    SHRINK,
    /** SIGTERM, while another pod starts. */
    TERMINATE_POD,
    /** Every pod that serves, one by one: another is ready before one leaves. */
    REPLACE_ALL,
    /** SIGKILL, then the same with what its file has. */
    KILL_REDIS,
    /** SIGSTOP, SIGCONT after 1 to 4 s. */
    STOP_REDIS,
    /** One pod's connections to Redis are reset, and new ones as well, for 1 to 6 s. */
    CUT_LINK,
    /** Between one pod and Redis nothing passes for 1 to 6 s. */
    SILENCE_LINK;

    /** Whether a fleet is as large after it as before. */
    public boolean isMended() {
        return this != SHRINK;
    }

    /** Whether publishes may be answered by "nobody knows". */
    boolean touchesRedis() {
        return switch (this) {
            case KILL_POD, SHRINK, TERMINATE_POD, REPLACE_ALL -> false;
            case KILL_REDIS, STOP_REDIS, CUT_LINK, SILENCE_LINK -> true;
        };
    }
}
