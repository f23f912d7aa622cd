package io.tidegate.relay;

class MemoryPresenceTest extends PresenceContract {
    private final MemoryNodes nodes = new MemoryNodes();

    @Override
    RelayNodes nodes() {
        return nodes;
    }
}
