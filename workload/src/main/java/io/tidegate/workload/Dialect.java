package io.tidegate.workload;

/** A wire without a subprotocol: its path, and how a message is written and read. */
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

    /** The topic in the journal for everything that a client receives. */
    abstract String topic(Topics topics, int client);

    abstract String path(String topic);

    abstract String write(int client, String text);

    /** The text of a message; some other text where the frame is not a message. */
    abstract String read(String frame);
}
