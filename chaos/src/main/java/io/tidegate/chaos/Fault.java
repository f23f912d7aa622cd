package io.tidegate.chaos;

/** The kinds of faults. */
enum Fault {
    /** SIGKILL, then another pod. */
    KILL_POD,
    /** SIGTERM; no other pod replaces it. */
    SHRINK,
    /** SIGTERM, while another pod starts. */
    TERMINATE_POD,
    /** Every serving pod is replaced, one by one: a new pod is ready before an old one leaves. */
    REPLACE_ALL,
    /** SIGKILL; then Redis starts again with the content of its file. */
    KILL_REDIS,
    /** SIGSTOP, SIGCONT after 1 to 4 s. */
    STOP_REDIS,
    /** One pod's connections to Redis are reset, and new ones too, for 1 to 6 s. */
    CUT_LINK,
    /** Nothing passes between one pod and Redis for 1 to 6 s. */
    SILENCE_LINK;

    /** Whether the fleet has its earlier size after the fault. */
    boolean isMended() {
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
