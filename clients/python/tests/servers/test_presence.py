"""Who is there, by the wire and by HTTP, through a reconnect and a server that goes."""

import asyncio

from tests.fake import soon
from tests.processes import KEY, Processes
from tests.servers.test_client import CLOSED, DRAIN, cut, jwt
from tidegate import Client, Presence, Tidegate


def frozen(*users: str) -> frozenset[str | None]:
    return frozenset(users)


async def test_only_those_who_come_and_go_are_told(processes: Processes, runtime: str) -> None:
    settings = {
        **CLOSED,
        **DRAIN,
        "auth_presence": "tea",
        "presence_linger": "2s",
        "relay_url": await processes.redis(),
    }
    leaving, staying = [await processes.server(one, **settings) for one in (runtime, "se")]
    news: asyncio.Queue[Presence] = asyncio.Queue()
    async with Client(staying.url, lambda: jwt("ann", 600)) as ann:
        tea = ann.subscribe("tea", presence=news.put_nowait)
        await soon(tea.ready)
        assert tea.users == {"ann"}
        async with Client([leaving.url, staying.url], lambda: jwt("ben", 600)) as ben:
            await soon(ben.subscribe("tea").ready)
            assert await soon(news.get()) == Presence("tea", frozen("ben"), frozen())
            for client in (ann, ben):
                cut(client)
                await soon(client.publish("tea", "back again"))
            assert await leaving.leaves() == 0
            await soon(ben.publish("tea", "on the other server"))
            present = await asyncio.to_thread(Tidegate(staying.api, KEY).presence, "tea")
            assert [one["user"] for one in present] == ["ann", "ben"]
        assert await soon(news.get()) == Presence("tea", frozen(), frozen("ben"))
        assert tea.users == {"ann"}
        assert news.empty()
