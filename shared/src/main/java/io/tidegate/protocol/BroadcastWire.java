package io.tidegate.protocol;

import java.util.List;

final class BroadcastWire implements Wire {
    @Override
    public ClientFrame decode(Message message, long timestamp, Author author) {
        return new ClientFrame.Publish(message);
    }

    @Override
    public FrameBatch encode(Topic topic, Position first, List<Message> messages) {
        return FrameBatch.of(messages);
    }

    @Override
    public boolean resumes() {
        return false;
    }
}
