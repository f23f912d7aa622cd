"""The client against the server as it is packaged. What nothing but a real one can show; the rest is in ../unit."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from tests.fake import soon
from tests.processes import KEY, Processes
from tidegate import Client, Subscription, Tidegate, TidegateError

LIMIT = 60
SECRET = "a-shared-secret-of-at-least-32-bytes"
DRAIN = {"drain_notice": "300ms", "drain_window": "300ms", "drain_timeout": "10s"}


CLOSED = {"auth_secret": SECRET, "auth_leeway": "0s", "auth_subscribe": "tea", "auth_publish": "tea"}


def jwt(user: str, seconds: float, **claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    body = f"{part({'alg': 'HS256'})}.{part({'sub': user, 'exp': time.time() + seconds, **claims})}"
    signature = hmac.digest(SECRET.encode(), body.encode(), hashlib.sha256)
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


async def take(subscription: Subscription, count: int) -> list[Any]:
    async def messages() -> list[Any]:
        return [(await anext(subscription)).message for _ in range(count)]

    return await asyncio.wait_for(messages(), LIMIT)


def cut(client: Client) -> None:
    if client._link:
        client._link.socket.transport.abort()


async def test_delivers_acknowledges_and_knows_a_repeated_id(processes: Processes, runtime: str) -> None:
    server = await processes.server(runtime)
    async with Client(server.url) as client:
        tea = client.subscribe("tea")
        ack = await soon(client.publish("tea", {"hot": [1, "zwei", None]}, user="ann", id="ann-1"))
        assert await soon(client.publish("tea", "again", id="ann-1")) == ack
        await soon(client.publish("tea", "ü"))
        deep: Any = 0
        for _ in range(990):
            deep = [deep]
        await soon(client.publish("tea", deep))
        first = await soon(anext(tea))
        assert (first.position, first.user, first.message) == (ack.position, "ann", {"hot": [1, "zwei", None]})
        assert await take(tea, 1) == ["ü"]
        assert json.dumps((await soon(anext(tea))).position) != "null"
        with pytest.raises(TidegateError, match="too-large"):
            await soon(client.publish("tea", "x" * 70_000))
        with pytest.raises(TidegateError, match="invalid-frame"):
            await soon(client.publish("tea", 1, id="x" * 129))
        with pytest.raises(TidegateError, match="invalid-topic"):
            await soon(client.publish("no topic", 1))
        assert client.state == "live"


async def test_messages_travel_compressed_where_the_server_compresses(processes: Processes, runtime: str) -> None:
    for compression, agreed in (("true", ["permessage-deflate"]), ("false", [])):
        server = await processes.server(runtime, compression=compression)
        async with Client(server.url) as client:
            tea = client.subscribe("tea")
            await soon(tea.ready)
            text = "a word that comes back. " * 100
            await soon(client.publish("tea", text))
            assert (await soon(anext(tea))).message == text
            assert client._link
            assert [extension.name for extension in client._link.socket.protocol.extensions] == agreed


async def test_resumes_after_each_of_many_cuts_with_every_message_once(processes: Processes, runtime: str) -> None:
    server = await processes.server(runtime)
    async with Client(server.url) as reader, Client(server.url) as writer:
        tea = reader.subscribe("tea")
        await soon(tea.ready)
        published = []
        for number in range(300):
            published.append(asyncio.ensure_future(writer.publish("tea", number)))
            if number % 60 == 30:
                cut(reader)
            if number % 100 == 50:
                cut(writer)
            if number % 10 == 0:
                await asyncio.wait_for(published[-1], LIMIT)
        await asyncio.wait_for(asyncio.gather(*published), LIMIT)
        assert await take(tea, 300) == list(range(300))
        assert not tea._is_gap
        history = await asyncio.to_thread(Tidegate(server.api, KEY).history, "tea", limit=1_000)
        assert [one["message"] for one in history["messages"]] == list(range(300))


async def test_moves_before_a_server_goes_and_misses_nothing(processes: Processes, runtime: str) -> None:
    settings = {"relay_url": await processes.redis(), **DRAIN}
    leaving, staying = await asyncio.gather(*(processes.server(one, **settings) for one in (runtime, "se")))
    states: list[list[Any]] = []
    clients = []
    for _ in range(5):
        told: list[Any] = []
        states.append(told)
        clients.append(Client([leaving.url, staying.url], on_event=lambda *event, told=told: told.append(event)))
        clients[-1]._turn = 0
    teas = [client.subscribe("tea") for client in clients]
    for client, tea in zip(clients, teas, strict=True):
        client.subscribe("quiet")
        await soon(tea.ready)
    async with Client(staying.url) as writer:
        left = asyncio.ensure_future(leaving.leaves())
        published = 0
        while not left.done():
            await soon(writer.publish("tea", published))
            published += 1
        assert left.result() == 0
        for client, tea, told in zip(clients, teas, states, strict=True):
            assert await take(tea, published) == list(range(published))
            names = [value for name, value in told if name == "state"]
            assert names[-3:] == ["leaving", "handing-over", "live"], names
            assert "waiting" not in names[1:]
            assert [event for event in told if event[0] != "state"] == []
            await client.close()


async def test_renews_its_token_without_a_drop(processes: Processes, runtime: str) -> None:
    server = await processes.server(runtime, **CLOSED)
    asked = 0

    async def token() -> str:
        nonlocal asked
        asked += 1
        return jwt("ann", 3)

    states: list[Any] = []
    async with Client(server.url, token, lambda *event: states.append(event)) as client:
        tea = client.subscribe("tea")
        await soon(tea.ready)
        assert client.welcome["user"] == "ann"
        end, published = time.monotonic() + 7, 0
        while time.monotonic() < end:
            await soon(client.publish("tea", published, user="somebody"))
            message = await soon(anext(tea))
            assert (message.message, message.user) == (published, "ann")
            published += 1
        assert states == [("state", "connecting"), ("state", "resuming"), ("state", "live")]
        assert 3 <= asked <= 6
    assert "eyJ" not in server.output


async def test_brings_another_token_where_one_is_wrong_and_tells_what_is_forbidden(
    processes: Processes, runtime: str
) -> None:
    server = await processes.server(runtime, **CLOSED)
    tokens = [jwt("ann", -60), "garbage"]
    errors: list[Any] = []

    def told(name: str, value: Any) -> None:
        if name == "error":
            errors.append(value.code)

    async with Client(server.url, lambda: tokens.pop(0) if tokens else jwt("ann", 600), told) as client:
        secret, tea = client.subscribe("secret"), client.subscribe("tea")
        await soon(tea.ready)
        with pytest.raises(TidegateError, match="forbidden"):
            await soon(anext(secret))
        with pytest.raises(TidegateError, match="forbidden"):
            await soon(client.publish("news", 1))
        assert errors == ["invalid-token", "invalid-token", "forbidden"]
        await asyncio.to_thread(Tidegate(server.api, KEY).throw_out, "ann")
        with pytest.raises(TidegateError, match="forbidden: 4403"):
            await soon(anext(tea))
        assert client.state == "closed"
