import asyncio
import random
from typing import Any

import pytest
from websockets.asyncio.server import serve
from websockets.http11 import Request

from tests.fake import FakeServer, fake_server, soon
from tidegate import Client, TidegateError


class Events:
    """What a client has told, and a wait for what it will tell."""

    def __init__(self) -> None:
        self.all: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.states: list[str] = []

    def __call__(self, name: str, value: Any) -> None:
        self.all.put_nowait((name, value))
        if name == "state":
            self.states.append(value)

    async def until(self, name: str, value: Any = None) -> Any:
        while True:
            event = await soon(self.all.get())
            if event[0] == name and value in (None, event[1]):
                return event[1]


async def test_a_hand_over_opens_the_next_one_before_it_leaves_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "randrange", lambda count: 0)
    events = Events()
    async with fake_server() as one, fake_server() as other, Client([one.url, other.url], on_event=events) as client:
        tea = client.subscribe("tea")
        first = await one.accept()
        await first.frame(topic="tea")
        await first.subscribed("tea", "p-1")
        await first.message("tea", "p-2", 2)
        kept, unkept = (asyncio.ensure_future(client.publish("mate", 1, id=id, keep=id == "k")) for id in "ku")
        await first.frame(id="k")
        await first.frame(id="u")
        await first.send(type="server-shutdown", message="bye", reconnectAfterMs=20)
        await first.send(type="server-shutdown", message="again", reconnectAfterMs=60_000)

        second = await other.accept()
        await second.frame(type="subscribe", topic="tea", after="p-2")
        await second.frame(id="k")
        await first.message("tea", "p-3", "it comes again, behind p-2, on the second")
        await first.send(type="ack", id="u", topic="mate")
        await soon(unkept)
        await second.subscribed("tea", "p-2")
        await second.message("tea", "p-3", 3)
        await second.send(type="ack", id="k", topic="mate", position="m-1")
        await soon(kept)
        assert [(await soon(anext(tea))).message for _ in range(2)] == [2, 3]
        assert await first.closed_with() == 1000
        assert "waiting" not in events.states[1:]
        assert events.states[-3:] == ["leaving", "handing-over", "live"]


async def test_a_hand_over_whose_second_connection_fails_goes_on_with_the_first(fake: FakeServer) -> None:
    refusals = [(503, {"Retry-After": "60"}), (503, {})]
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        first = await fake.accept()
        await first.frame(topic="tea")
        await first.subscribed("tea", "p-1")
        await soon(tea.ready)
        fake.refuse = lambda _: refusals.pop() if refusals else None
        await first.send(type="server-shutdown", message="bye", reconnectAfterMs=0)
        await first.message("tea", "p-2", 2)
        assert (await soon(anext(tea))).message == 2
        second = await fake.accept()
        assert fake.tries == 4
        await second.frame(topic="tea", after="p-2")
        second.cut()
        third = await fake.accept()
        await third.frame(topic="tea", after="p-2")
        await third.subscribed("tea", "p-2")
        await third.message("tea", "p-3", 3)
        assert (await soon(anext(tea))).message == 3


async def test_a_second_connection_may_be_refused_until_time_is_short(fake: FakeServer) -> None:
    offers: list[str] = []
    may_be_refused = "tidegate.v1, tidegate.handover"

    def refuse(request: Request) -> tuple[int, dict[str, str]] | None:
        offers.append(request.headers["Sec-WebSocket-Protocol"])
        return (503, {"Retry-After": "60"}) if offers[-1] == may_be_refused else None

    fake.refuse = refuse
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        first = await fake.accept()
        await first.frame(topic="tea")
        await first.subscribed("tea", "p-1")
        await soon(tea.ready)
        loop = asyncio.get_running_loop()
        await first.send(type="server-shutdown", message="bye", reconnectAfterMs=0)
        moment = loop.time()
        stalls = asyncio.create_task(_stalls(moment + 2))
        second = await fake.accept()
        took = loop.time() - moment
        assert 1.4 < took < 1.9 + await stalls
        await second.frame(topic="tea", after="p-1")
        await second.subscribed("tea", "p-1")
        assert await first.closed_with() == 1000
        assert offers[0] == offers[-1] == "tidegate.v1"
        assert len(offers) > 5
        assert set(offers[1:-1]) == {may_be_refused}


async def _stalls(until: float) -> float:
    """The seconds for which the machine does not run this loop until then: nothing here can be faster."""
    loop, total = asyncio.get_running_loop(), 0.0
    while (before := loop.time()) < until:
        await asyncio.sleep(0.01)
        total += max(0.0, loop.time() - before - 0.02)
    return total


async def test_closed_before_its_moment_a_client_still_waits_for_it(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        first = await fake.accept()
        await first.send(type="server-shutdown", message="bye", reconnectAfterMs=300)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await first.close(1012)
        await fake.accept()
        assert loop.time() - began > 0.25
        assert client._attempt == 0


async def test_a_notice_on_the_next_connection_counts_when_it_serves(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        for number in range(3):
            peer = await fake.accept()
            await peer.frame(topic="tea")
            if number < 2:
                await peer.send(type="server-shutdown", message="bye", reconnectAfterMs=0)
            await peer.subscribed("tea", "p-1")
        await soon(tea.ready)
        await peer.message("tea", "p-2", "hi")
        assert (await soon(anext(tea))).message == "hi"


async def test_a_connection_on_which_nothing_comes_is_dead_and_one_that_beats_is_not(fake: FakeServer) -> None:
    async with Client(fake.url):
        await fake.accept(heartbeat=100)
        beating = await fake.accept(heartbeat=100)
        loop = asyncio.get_running_loop()
        end, heard = loop.time() + 1, asyncio.Event()
        while loop.time() < end:  # Ten heartbeats long: time itself is what is tested.
            await beating.send(type="heartbeat", timestamp=1)
            loop.call_later(0.05, heard.set)
            await soon(heard.wait())
            heard.clear()
        assert fake.peers.empty()


async def test_a_loop_that_is_held_up_makes_no_connection_dead(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        peer = await fake.accept(heartbeat=100)
        tea = client.subscribe("tea")
        await peer.frame(topic="tea")
        await peer.subscribed("tea", "p-0")
        await soon(tea.ready)
        await peer.message("tea", "p-1", "was in the socket all the time")
        end = asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < end:
            pass
        assert (await soon(anext(tea))).position == "p-1"
        assert fake.peers.empty()


async def test_backoff_grows_to_ten_seconds_with_full_jitter_and_heeds_retry_after(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []
    waits: list[float] = []

    def uniform(low: float, high: float) -> float:
        assert low == 0
        drawn.append(high)
        return 0.0

    monkeypatch.setattr(random, "uniform", uniform)
    fake.refuse = lambda _: (503, {}) if fake.tries <= 7 else (503, {"Retry-After": "7"}) if fake.tries == 8 else None
    async with Client(fake.url) as client:
        loop = asyncio.get_running_loop()
        call_at = loop.call_at

        def hurried(at: float, call: Any, *args: Any, **context: Any) -> asyncio.TimerHandle:
            if call == client._open:
                waits.append(at - loop.time())
                at = loop.time()
            return call_at(at, call, *args, **context)

        monkeypatch.setattr(loop, "call_at", hurried)
        await fake.accept()
    assert drawn[:8] == [0.5, 1, 2, 4, 8, 10, 10, 10]
    assert waits[-1] == pytest.approx(7, abs=0.1)


@pytest.mark.parametrize("code", [1000, 1002, 1007, 1009, 4403])
async def test_some_closes_are_for_good(fake: FakeServer, code: int) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        publish = asyncio.ensure_future(client.publish("mate", 1))
        peer = await fake.accept()
        await peer.frame(topic="tea")
        await peer.frame(topic="mate")
        await peer.close(code)
        with pytest.raises(TidegateError) as ended:
            await soon(anext(tea))
        assert ended.value.code == ("forbidden" if code == 4403 else "closed")
        with pytest.raises(TidegateError):
            await soon(publish)
        assert client.state == "closed"
        with pytest.raises(TidegateError):
            client.subscribe("mate")
    assert fake.tries == 1


async def test_close_ends_iterations_and_fails_publishes(fake: FakeServer) -> None:
    client = Client(fake.url)
    tea = client.subscribe("tea")
    publish = asyncio.ensure_future(client.publish("mate", 1))
    peer = await fake.accept()
    await peer.frame(topic="tea")
    await soon(client.close())
    assert [message async for message in tea] == []
    with pytest.raises(TidegateError, match="closed"):
        await soon(publish)
    assert await peer.closed_with() == 1000
    assert client._tasks == set()


async def test_the_servers_rate_is_kept_over_reconnects(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noted)
    async with Client(fake.url) as client:
        publishes = [asyncio.ensure_future(client.publish("tea", n, id=n)) for n in range(20)]
        peer = await fake.accept(rate=20)
        for n in range(20):
            await peer.frame(id=n)
        peer.cut()
        peer = await fake.accept(rate=20)
        for n in range(20):
            await peer.frame(id=n)
            await peer.send(type="ack", id=n, topic="tea", position=f"p-{n}")
        await soon(asyncio.gather(*publishes))
    assert all(wait <= 0 for wait in waits[:9])
    assert waits[-1] == pytest.approx(40 / 19 - 0.5, abs=0.3)


async def test_what_is_no_tidegate_is_told() -> None:
    events = Events()
    async with Client("ws://127.0.0.1:1/chat", on_event=events):
        assert (await events.until("error")).code == "cannot-open"
    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0) as plain:
        port = next(iter(plain.sockets)).getsockname()[1]
        async with Client(f"ws://127.0.0.1:{port}/chat", on_event=events):
            assert (await events.until("error")).code == "no-subprotocol"
    for url in ("http://a/chat", "ws://a/chat?topic=tea", "ws://a/chat?x=1&access_token=t", ""):
        with pytest.raises(ValueError, match="must begin with ws://"):
            Client(url)
