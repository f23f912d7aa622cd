from tests.fake import FakeServer, soon
from tidegate import Client, Presence, TidegateError


def present(*users: str | None, more: bool = False) -> dict[str, object]:
    entries = [{"user": user, "connections": 1, "since": 1} for user in users]
    return {"type": "presence", "topic": "tea", "users": entries, "more": more}


def told(joined: set[str | None], left: set[str | None]) -> Presence:
    return Presence("tea", frozenset(joined), frozenset(left))


async def test_who_is_there_and_only_real_joins_and_leaves(fake: FakeServer) -> None:
    news: list[Presence] = []
    async with Client(fake.url) as client:
        tea = client.subscribe("tea", presence=news.append)
        peer = await fake.accept()
        await peer.frame(type="subscribe", topic="tea", presence=True)
        await peer.send(**present("ann", None, more=True))
        await peer.send(**present("ben"))
        await peer.subscribed("tea", "p-1")
        await soon(tea.ready)
        assert tea.users == {"ann", None, "ben"}
        assert news == []

        await peer.send(type="join", topic="tea", user="cleo")
        await peer.send(type="join", topic="tea", user="ann")
        await peer.send(type="leave", topic="tea", user=None)
        await peer.send(type="presence", topic="tea", joined=["dan", "eve"], left=["ben"])
        await peer.message("tea", "p-2", "hi")
        await soon(anext(tea))
        assert news == [told({"cleo"}, set()), told(set(), {None}), told({"dan", "eve"}, {"ben"})]
        assert tea.users == {"ann", "cleo", "dan", "eve"}

        news.clear()
        peer.cut()
        peer = await fake.accept()
        await peer.frame(topic="tea", presence=True, after="p-2")
        await peer.send(**present("ann", "cleo", more=True))
        await peer.send(**present("dan", "fay"))
        await peer.subscribed("tea", "p-2")
        await peer.message("tea", "p-3", "hi")
        await soon(anext(tea))
        assert news == [told({"fay"}, {"eve"})]


async def test_a_list_that_was_cut_off_counts_for_nothing(fake: FakeServer) -> None:
    news: list[Presence] = []
    async with Client(fake.url) as client:
        tea = client.subscribe("tea", presence=news.append)
        for end in ("cut", "whole"):
            peer = await fake.accept()
            await peer.frame(topic="tea")
            if end == "cut":
                await peer.send(**present("gone", more=True))
                await peer.close(1011)
        await peer.send(**present("ann"))
        await peer.subscribed("tea", "p-1")
        await soon(tea.ready)
        assert (tea.users, news) == ({"ann"}, [])


async def test_a_hand_over_is_no_leave_and_no_join(fake: FakeServer) -> None:
    news: list[Presence] = []
    async with Client(fake.url) as client:
        tea = client.subscribe("tea", presence=news.append)
        old = await fake.accept()
        await old.frame(topic="tea")
        await old.send(**present("ann", "ben"))
        await old.subscribed("tea", "p-1")
        await old.send(type="server-shutdown", message="bye", reconnectAfterMs=0)
        new = await fake.accept()
        await new.frame(topic="tea", after="p-1", presence=True)
        await old.send(type="leave", topic="tea", user="ann")
        await new.send(**present("ann", "ben"))
        await new.subscribed("tea", "p-1")
        assert await old.closed_with() == 1000
        await new.message("tea", "p-2", "hi")
        await soon(anext(tea))
        assert (tea.users, news) == ({"ann", "ben"}, [])


async def test_without_the_right_the_subscription_is_refused(fake: FakeServer) -> None:
    async with Client(fake.url) as client:
        tea = client.subscribe("tea", presence=True)
        peer = await fake.accept()
        await peer.frame(presence=True)
        await peer.send(type="error", code="forbidden", message="no presence", answers="subscribe", topic="tea")
        try:
            await soon(tea.ready)
        except TidegateError as error:
            assert error.code == "forbidden"
        else:
            raise AssertionError("it is subscribed")
