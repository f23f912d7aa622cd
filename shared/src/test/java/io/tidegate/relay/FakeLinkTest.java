package io.tidegate.relay;

class FakeLinkTest extends LinkContract {
    @Override
    Link connect() {
        return new FakeLink();
    }

    @Override
    void hang(Link link) {
        ((FakeLink) link).holding(call -> true);
    }

    @Override
    void cut(Link link) {
        ((FakeLink) link).lose("cable cut");
    }

    @Override
    void refuse(Link link) {
        ((FakeLink) link).rejecting(KEYS::equals);
    }
}
