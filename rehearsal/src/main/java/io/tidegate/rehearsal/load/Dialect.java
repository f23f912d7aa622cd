package io.tidegate.rehearsal.load;

/** A wire without a subprotocol: where it is, and how a message is written and read. */
enum Dialect {
    PLAIN {
        @Override
        String topic(Topics topics, int client) {
            return topics.of(client, 0);
        }

        @Override
        String path(String topic) {
            return "/chat?topic=" + topic;
        }

        @Override
        String write(int client, String text) {
            return "{\"user\":\"" + client + "\",\"message\":\"" + text + "\"}";
        }

        @Override
        String read(String frame) {
            int begin = frame.indexOf(MESSAGE);
            int end = begin < 0 ? -1 : frame.indexOf('"', begin + MESSAGE.length());
            return end < 0 ? "" : frame.substring(begin + MESSAGE.length(), end);
        }
    },
    BROADCAST {
        @Override
        String topic(Topics topics, int client) {
            return "/";
        }

        @Override
        String path(String topic) {
            return topic;
        }

        @Override
        String write(int client, String text) {
            return text;
        }

        @Override
        String read(String frame) {
            return frame;
        }
    };

    private static final String MESSAGE = "\"message\":\"";

    /** What the journal calls all that a client gets. */
    abstract String topic(Topics topics, int client);

    abstract String path(String topic);

    abstract String write(int client, String text);

    /** The text of a message; something else where the frame is none. */
    abstract String read(String frame);
}
