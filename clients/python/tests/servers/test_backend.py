"""`Tidegate` against the server as it is packaged."""

import asyncio

import pytest

from tests.fake import soon
from tests.processes import KEY, Processes
from tidegate import ApiError, Client, Published, Tidegate


async def test_a_back_end_publishes_reads_and_sees_who_listens(processes: Processes, runtime: str) -> None:
    server = await processes.server(runtime)
    async with Client(server.url) as client:
        tea = client.subscribe("tea")
        await soon(tea.ready)
        await asyncio.to_thread(_speak, Tidegate(server.api, KEY))
        assert [(await soon(anext(tea))).message for _ in range(4)] == ["one", {"zwei": "ü"}, 3, 4]


def _speak(api: Tidegate) -> None:
    first = api.publish("tea", "one", id="o-1", user="shop")
    assert api.publish("tea", "again", id="o-1").position == first.position
    api.publish("tea", {"zwei": "ü"})
    results = api.batch({"topic": topic, "message": n} for topic, n in (("tea", 3), ("no topic", 0), ("tea", 4)))
    assert [type(one) for one in results] == [Published, ApiError, Published]
    assert isinstance(results[1], ApiError) and results[1].status == 400 and "topic" in results[1].detail

    history = api.history("tea", after=first.position)
    assert [one["message"] for one in history["messages"]] == [{"zwei": "ü"}, 3, 4]
    assert history["complete"]
    assert list(api.topics("te")) == [{"topic": "tea", "subscribers": 1}]
    assert api.connections("nobody") == []
    api.throw_out("nobody")
    api.unsubscribe("nobody", "tea")
    api.broadcast("to all")
    with pytest.raises(ApiError, match="401"):
        next(Tidegate(f"http://{api._address}", "wrong").topics())
