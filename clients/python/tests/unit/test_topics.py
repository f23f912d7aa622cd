import asyncio
import json
from typing import Any

import pytest

from tests.fake import FakeServer, soon
from tidegate import Client, Message, Subscription, TidegateError, _topic


async def take(subscription: Subscription, count: int) -> list[Any]:
    return [(await soon(anext(subscription))).message for _ in range(count)]


async def test_messages_come_with_all_their_fields(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        peer = await fake.accept()
        assert await peer.frame() == {"type": "subscribe", "topic": "tea"}
        await peer.subscribed("tea", "p-1")
        assert await soon(tea.ready) is True
        assert tea.position == "p-1"
        await peer.message("tea", "p-2", {"hot": True}, user="ann")
        assert await soon(anext(tea)) == Message("tea", "p-2", {"hot": True}, "ann", 1)
        await peer.message("tea", None, "typing")
        assert await soon(anext(tea)) == Message("tea", None, "typing", None, 1)
        assert tea.position == "p-2"


async def test_a_lost_connection_is_resumed_behind_what_has_come(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea, mate = client.subscribe("tea", last=5), client.subscribe("mate", after="m-7")
        peer = await fake.accept()
        await peer.frame(topic="tea", last=5)
        await peer.frame(topic="mate", after="m-7")
        await peer.subscribed("tea", "p-0")
        await peer.message("tea", "p-1", 1)
        await peer.message("mate", "m-8", "before its answer, which counts for nothing")
        assert await take(tea, 1) == [1]
        peer.cut()
        peer = await fake.accept()
        assert await peer.frame(topic="tea") == {"type": "subscribe", "topic": "tea", "after": "p-1"}
        await peer.frame(topic="mate", after="m-7")
        await peer.subscribed("tea", "p-1")
        await peer.message("tea", "p-2", 2)
        assert await take(tea, 1) == [2]
        assert not mate.ready.done()


@pytest.mark.parametrize("answers", [True, False])
async def test_a_gap_is_told_at_once_and_by_the_message_behind_it(fake: FakeServer, answers: bool) -> None:
    events: list[tuple[str, Any]] = []
    async with Client(fake.url, on_event=lambda *event: events.append(event)) as client:
        tea = client.subscribe("tea", after="p-1")
        peer = await fake.accept()
        await peer.frame(topic="tea", after="p-1")
        if not answers:
            await peer.subscribed("tea", "p-1")
        await peer.subscribed("tea", "p-50", recovered=False)
        await peer.message("tea", "p-51", "behind")
        await peer.message("tea", "p-52", "later")
        first, second = await soon(anext(tea)), await soon(anext(tea))
        assert (first.after_gap, second.after_gap) == (True, False)
        assert [event for event in events if event[0] == "lost"] == [("lost", "tea")]
        assert tea.ready.result() is not answers


async def test_where_the_present_is_what_was_asked_for_nothing_is_missing(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea", after="p-1")
        peer = await fake.accept()
        await peer.frame(topic="tea", after="p-1")
        await peer.subscribed("tea", "p-1", recovered=False)
        assert await soon(tea.ready) is True


async def test_a_position_that_is_none_is_a_gap_and_the_topic_goes_on(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea", after="yesterday")
        peer = await fake.accept()
        await peer.frame(after="yesterday")
        await peer.send(type="error", code="invalid-frame", message="no position", answers="subscribe", topic="tea")
        assert await peer.frame() == {"type": "subscribe", "topic": "tea"}
        await peer.subscribed("tea", "p-9")
        assert await soon(tea.ready) is False
        await peer.message("tea", "p-10", "new")
        assert (await soon(anext(tea))).after_gap


async def test_a_refused_topic_ends_its_iteration_with_the_reason(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        secret, tea = client.subscribe("secret"), client.subscribe("tea")
        peer = await fake.accept()
        await peer.frame(topic="secret")
        await peer.send(type="error", code="forbidden", message="no", answers="subscribe", topic="secret")
        with pytest.raises(TidegateError, match="forbidden"):
            await soon(anext(secret))
        await peer.frame(topic="tea")
        await peer.subscribed("tea", "p-1")
        await soon(tea.ready)
        await peer.send(type="error", code="forbidden", message="by a new token", topic="tea")
        with pytest.raises(TidegateError, match="by a new token"):
            await soon(anext(tea))


async def test_a_topic_that_was_left_is_asked_for_again_after_its_answer(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        with pytest.raises(TidegateError, match="already-subscribed"):
            client.subscribe("tea")
        peer = await fake.accept()
        await peer.frame(topic="tea")
        await peer.subscribed("tea", "p-1")
        await soon(tea.ready)
        tea.unsubscribe()
        await peer.frame(type="unsubscribe", topic="tea")
        assert [message async for message in tea] == []
        again = client.subscribe("tea")
        await peer.message("tea", "p-2", "of the time before")
        await peer.send(type="unsubscribed", topic="tea", position="p-2", recovered=True)
        await peer.frame(type="subscribe", topic="tea")
        await peer.subscribed("tea", "p-2")
        await peer.message("tea", "p-3", "new")
        assert await take(again, 1) == ["new"]


async def test_what_a_slow_reader_cannot_hold_is_asked_for_again(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_topic, "BUFFER", 4)
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        peer = await fake.accept()
        await peer.frame(topic="tea")
        await peer.subscribed("tea", "p-0")
        for number in range(1, 8):
            await peer.message("tea", f"p-{number}", number)
        await peer.frame(type="unsubscribe", topic="tea")
        await peer.message("tea", "p-8", 8)
        await peer.send(type="unsubscribed", topic="tea", position="p-8", recovered=True)
        assert await take(tea, 1) == [1]
        publish = asyncio.ensure_future(client.publish("mate", 1))
        await peer.frame(type="publish")
        assert await take(tea, 1) == [2]
        assert tea.position == "p-2"
        await peer.frame(type="subscribe", topic="tea", after="p-4")
        await peer.subscribed("tea", "p-4")
        for number in (5, 6):
            await peer.message("tea", f"p-{number}", number)
        assert await take(tea, 4) == [3, 4, 5, 6]
        publish.cancel()


async def test_a_message_may_be_nested_as_deeply_as_the_server_allows(fake: FakeServer) -> None:
    deep: Any = 0
    for _ in range(1_000):
        deep = [deep]
    async with Client(fake.url) as client:
        tea = client.subscribe("tea")
        peer = await fake.accept()
        await peer.frame(topic="tea")
        await peer.subscribed("tea", "p-0")
        text = "[" * 1_000 + "0" + "]" * 1_000
        await peer.socket.send('{"type":"message","topic":"tea","position":"p-1","timestamp":1,"message":' + text + "}")
        assert (await soon(anext(tea))).position == "p-1"
        publish = asyncio.ensure_future(client.publish("tea", deep))
        assert text in json.dumps(await peer.socket.recv())
        publish.cancel()


@pytest.mark.parametrize("topic", ["", "a b", "ä", "x" * 129, None, "a\n"])
async def test_what_is_no_topic_is_refused_at_once(fake: FakeServer, topic: Any) -> None:
    async with Client(fake.url) as client:
        with pytest.raises(TidegateError, match="allowed are 1 to 128"):
            client.subscribe(topic)
        with pytest.raises(ValueError, match="last must be 1 to 100000"):
            client.subscribe("tea", last=0)
        with pytest.raises(ValueError, match="not together with after"):
            client.subscribe("tea", last=1, after="p")
