import asyncio
import random

import pytest

from tests.fake import FakeServer, soon
from tests.unit.test_connection import Events
from tidegate import Client, TidegateError, _client


async def test_a_token_travels_in_the_header_and_is_renewed_on_the_open_connection(fake: FakeServer) -> None:
    given = iter(["one", "two", "three"])

    async def token() -> str:
        return next(given)

    async with Client(fake.url, token) as client:
        peer = await fake.accept(user="ann", expiresInMs=50)
        assert peer.headers["Authorization"] == "Bearer one"
        await peer.frame(type="token", token="two")
        assert client.welcome["user"] == "ann"
        await peer.send(type="token", expiresInMs=50)
        await peer.frame(type="token", token="three")
        await peer.send(type="token", expiresInMs=600_000)
        peer.cut()
        assert (await fake.accept(expiresInMs=600_000)).headers["Authorization"] == "Bearer three"


async def test_close_4401_waits_for_nothing(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_client, "jitter", lambda attempt: 60.0)
    given = iter(["one", "two"])
    async with Client(fake.url, lambda: next(given)):
        await (await fake.accept(expiresInMs=600_000)).close(4401)
        assert (await fake.accept()).headers["Authorization"] == "Bearer two"


async def test_close_4401_asks_for_another_one_and_resumes(fake: FakeServer) -> None:
    given = iter(["one", "two", "three"])
    fake.refuse = lambda request: (401, {}) if request.headers["Authorization"] == "Bearer two" else None
    async with Client(fake.url, lambda: next(given)) as client:
        tea = client.subscribe("tea")
        peer = await fake.accept(expiresInMs=600_000)
        await peer.frame(topic="tea")
        await peer.subscribed("tea", "p-1")
        await soon(tea.ready)
        await peer.close(4401)
        peer = await fake.accept(expiresInMs=600_000)
        assert peer.headers["Authorization"] == "Bearer three"
        await peer.frame(topic="tea", after="p-1")


async def test_before_a_hand_over_a_token_that_would_end_is_renewed(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.999)
    given = iter(["one", "two", "three"])
    async with Client(fake.url, lambda: next(given)):
        peer = await fake.accept(expiresInMs=16_000)
        await peer.send(type="server-shutdown", message="bye", reconnectAfterMs=8_000)
        await peer.frame(type="token", token="two")
        assert fake.tries == 1


async def test_a_login_that_fails_is_told_and_asked_again(fake: FakeServer) -> None:
    events = Events()
    tries = 0

    def token() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError("the login is away")
        return "good"

    async with Client(fake.url, token, events):
        await fake.accept(expiresInMs=600_000)
        assert (await events.until("error")).code == "token-failed"
        assert tries == 3


async def test_a_token_that_is_not_taken_is_told_and_another_one_is_sent(fake: FakeServer) -> None:
    events = Events()
    given = iter(["one", "bad", "good"])
    async with Client(fake.url, lambda: next(given), events):
        peer = await fake.accept(expiresInMs=50)
        await peer.frame(token="bad")
        await peer.send(type="error", code="invalid-token", message="no", answers="token")
        await peer.frame(token="good")
        assert (await events.until("error")).code == "invalid-token"


@pytest.mark.parametrize(("status", "code"), [(401, "invalid-token"), (403, "forbidden")])
async def test_without_a_token_to_be_had_a_refusal_is_the_end(fake: FakeServer, status: int, code: str) -> None:
    fake.refuse = lambda _: (status, {})
    async with Client(fake.url) as client:
        with pytest.raises(TidegateError, match=f"{code}.*HTTP {status}"):
            await soon(anext(client.subscribe("tea")))
        assert client.state == "closed"


async def test_no_token_is_in_what_is_told(fake: FakeServer) -> None:
    events = Events()
    async with Client(fake.url, lambda: "not a token; secret", events):
        error = await events.until("error")
        assert error.code == "token-failed"
        assert "secret" not in str(error)
        await asyncio.sleep(0)
