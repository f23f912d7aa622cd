package io.tidegate.relay;

class MemoryHistoryTest extends HistoryContract {
    private final MemoryNodes nodes = new MemoryNodes();

    @Override
    RelayNodes nodes() {
        return nodes;
    }
}
