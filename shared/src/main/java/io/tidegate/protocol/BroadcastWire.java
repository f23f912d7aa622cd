package io.tidegate.protocol;

final class BroadcastWire implements Wire {
    @Override
    public ClientFrame decode(Message message, long timestamp) {
        return new ClientFrame.Publish(message);
    }
}
