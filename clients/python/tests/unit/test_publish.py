import asyncio
from typing import Any

import pytest

from tests.fake import FakeServer, soon
from tidegate import Ack, Client, TidegateError


def start(client: Client, *args: Any, **fields: Any) -> "asyncio.Task[Ack]":
    return asyncio.ensure_future(client.publish(*args, **fields))


async def test_a_publish_is_sent_again_with_its_id_until_it_is_acknowledged(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        first, second = start(client, "tea", "ä", user="ann"), start(client, "tea", 2, id="mine")
        peer = await fake.accept()
        sent = await peer.frame(type="publish", topic="tea", message="ä", user="ann")
        await peer.frame(id="mine", message=2)
        peer.cut()
        peer = await fake.accept()
        assert await peer.frame(id=sent["id"]) == sent
        await peer.frame(id="mine")
        await peer.send(type="ack", id="mine", topic="tea", position="p-2")
        assert await soon(second) == Ack("mine", "tea", "p-2")
        assert not first.done()
        peer.cut()
        peer = await fake.accept()
        await peer.frame(id=sent["id"])
        await peer.send(type="ack", id=sent["id"], topic="tea", position="p-1")
        assert (await soon(first)).position == "p-1"


async def test_what_the_relay_could_not_take_is_sent_again_later(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        publish = start(client, "tea", 1, id="a")
        peer = await fake.accept()
        await peer.frame(id="a")
        await peer.send(type="error", code="relay-unavailable", message="", answers="publish", id="a", topic="tea")
        await peer.frame(id="a")
        await peer.send(type="ack", id="a", topic="tea", position="p-1")
        await soon(publish)


async def test_what_is_refused_fails_with_the_servers_code(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        publish, tea = start(client, "tea", 1, id="a"), client.subscribe("tea")
        peer = await fake.accept()
        await peer.frame(type="subscribe")
        await peer.subscribed("tea", "p-0")
        await peer.frame(id="a")
        await peer.send(type="error", code="forbidden", message="read only", answers="publish", id="a", topic="tea")
        with pytest.raises(TidegateError, match="forbidden: read only"):
            await soon(publish)
        await peer.send(type="error", code="forbidden", message="", answers="publish", id="given up", topic="tea")
        await peer.message("tea", "p-1", "of another")
        assert (await soon(anext(tea))).message == "of another"


async def test_a_message_that_is_not_kept_is_never_sent_twice(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        publish = start(client, "tea", "typing", keep=False)
        peer = await fake.accept()
        await peer.frame(keep=False)
        peer.cut()
        with pytest.raises(TidegateError, match="connection-lost"):
            await soon(publish)
        peer = await fake.accept()
        publish = start(client, "tea", "typing", keep=False)
        frame = await peer.frame(keep=False)
        await peer.send(type="ack", id=frame["id"], topic="tea")
        assert (await soon(publish)).position is None


async def test_no_more_than_63_are_under_way(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        publishes = [start(client, "tea", number, id=number) for number in range(80)]
        peer = await fake.accept()
        for number in range(63):
            await peer.frame(id=number)
        client.subscribe("tea")
        await peer.frame(type="subscribe")
        await peer.send(type="ack", id=0, topic="tea", position="p-0")
        await peer.frame(id=63)
        for number in range(1, 80):
            await peer.send(type="ack", id=number, topic="tea", position=f"p-{number}")
        assert [(await soon(publish)).id for publish in publishes] == list(range(80))


async def test_one_that_was_given_up_still_counts_until_its_answer(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        publish = start(client, "tea", 1, id="a")
        peer = await fake.accept()
        await peer.frame(id="a")
        publish.cancel()
        await asyncio.wait({publish})
        with pytest.raises(TidegateError, match="duplicate-id"):
            await client.publish("tea", 2, id="a")
        peer.cut()
        peer = await fake.accept()
        other = start(client, "tea", 3, id="b")
        await peer.frame(id="b")
        await peer.send(type="ack", id="b", topic="tea", position="p-1")
        await soon(other)


async def test_what_cannot_travel_is_refused_at_once(fake: FakeServer) -> None:
    circle: list[Any] = []
    circle.append(circle)
    async with Client(fake.url) as client:
        for message in (float("nan"), object(), b"bytes", "\ud800", {"a": {1, 2}}, circle):
            with pytest.raises(TidegateError, match="invalid-frame"):
                await client.publish("tea", message)
        large, after = start(client, "tea", "x" * 100), start(client, "tea", "small")
        await fake.accept(message=100)
        with pytest.raises(TidegateError, match="a frame may have 100 bytes"):
            await soon(large)
        await client.close()
        with pytest.raises(TidegateError):
            await soon(after)


async def test_too_many_that_wait_are_refused(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        publishes = [start(client, "tea", number) for number in range(1_000)]
        await asyncio.sleep(0)
        with pytest.raises(TidegateError, match="queue-full"):
            await client.publish("tea", "one more")
    for publish in publishes:
        with pytest.raises(TidegateError, match="closed"):
            await soon(publish)


async def test_a_message_for_an_own_topic_waits_for_its_subscription(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        peer = await fake.accept()
        tea = client.subscribe("tea")
        await peer.frame(type="subscribe")
        await peer.subscribed("tea", "p-0")
        await soon(tea.ready)
        tea.unsubscribe()
        client.subscribe("tea")
        start(client, "tea", "mine")
        await peer.frame(type="unsubscribe")
        await peer.send(type="unsubscribed", topic="tea", position="p-0", recovered=True)
        await peer.frame(type="subscribe")
        await peer.frame(type="publish")
