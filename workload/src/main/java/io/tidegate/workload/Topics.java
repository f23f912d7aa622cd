package io.tidegate.workload;

/**
 * The topics of each client.
 *
 * @param count of topics
 * @param each how many topics a client has: 1 or 2
 */
public record Topics(int count, int each) {

    public Topics {
        if (count < each || each < 1 || each > 2) {
            throw new IllegalArgumentException(
                    count + " topics, " + each + " for each client; allowed are 1 or 2 for each, and no fewer in all");
        }
    }

    /** A client's topic; {@code which} counts from 0. */
    public String of(int client, int which) {
        int first = client % count;
        int second = count == 1 ? 0 : (first + 1 + client / count % (count - 1)) % count;
        return name(which == 0 ? first : second);
    }

    static String name(int topic) {
        return "topic-" + topic;
    }
}
