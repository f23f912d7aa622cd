"""A wanted topic, and the position that the application has reached."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from tidegate._wire import TidegateError, check_topic

BUFFER = 10_000  # Messages that wait for the application.


class Message(NamedTuple):
    topic: str
    position: str | None  # None for a message that is not kept.
    message: Any
    user: Any
    timestamp: int  # The server's time, in milliseconds since 1970.
    after_gap: bool = False  # Messages before this one are missing, and cannot be recovered.


class Presence(NamedTuple):
    topic: str
    joined: frozenset[str | None]  # None: a user without a token.
    left: frozenset[str | None]


class Subscription:
    """Messages of one topic, each once and in their order: `async for message in subscription`.

    With `presence`, `users` is who is there now. `ready` resolves once subscribed: True if no message is missing.
    """

    def __init__(self, topic: str, ask: dict[str, Any], on_presence: Any, changed: Callable[[], None]) -> None:
        check_topic(topic)
        self.topic = topic
        self.users: set[str | None] = set()
        self.ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.ready.add_done_callback(lambda ready: ready.cancelled() or ready.exception())  # Waiting is optional.
        self._ask, self._on_presence, self._changed = ask, on_presence, changed
        self._state = "idle"  # On the current connection; then `asked`, `on`, `full`.
        self._after: str | None = None  # The requested position.
        self._reached: str | None = ask["after"]  # By arrived messages; below, by taken messages:
        self._handed = self._reached
        self._buffer: deque[Message] = deque()
        self._some = asyncio.Event()
        self._page: set[str | None] | None = None
        self._error: TidegateError | None = None
        self._is_over = self._is_full = self._is_gap = self._is_listed = False

    @property
    def position(self) -> str | None:
        """The position of the last kept message that was taken: to continue `after` it in another process."""
        return self._handed if self._buffer else self._reached

    def unsubscribe(self) -> None:
        self._end(None)
        self._changed()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Message:
        while not self._buffer:
            if self._is_over:
                raise self._error or StopAsyncIteration
            self._some.clear()
            await self._some.wait()
        message = self._buffer.popleft()
        self._handed = message.position or self._handed
        if self._is_full and len(self._buffer) <= BUFFER // 2:
            self._is_full = False
            self._changed()
        return message

    def _end(self, error: TidegateError | None) -> None:
        if self._is_over:
            return
        self._is_over, self._error = True, error
        if not error:
            self._reached = self.position
            self._buffer.clear()
        if not self.ready.done():
            self.ready.set_exception(error or TidegateError("unsubscribed", f"{self.topic} was unsubscribed"))
        self._some.set()

    def _begin(self) -> dict[str, Any]:
        """The request for this topic on another connection."""
        self._state, self._after, self._page = "asked", self._reached, None
        fields = {**self._ask, "after": self._after, "last": None if self._after else self._ask["last"]}
        return {name: value for name, value in fields.items() if value}

    def _subscribed(self, position: str | None, recovered: bool) -> bool:
        """Whether messages are missing."""
        is_lost = not recovered and not (self._state == "asked" and position == self._after)
        if is_lost or self._reached is None:
            self._handed, self._reached, self._is_gap = self.position, position, is_lost or self._is_gap
        self._state = "on"
        if position and not self.ready.done():
            self.ready.set_result(not self._is_gap)
        return is_lost

    def _take(self, frame: dict[str, Any]) -> None:
        if len(self._buffer) >= BUFFER:
            self._state, self._is_full = "full", True  # The history is the longer buffer: the rest is read later.
            return self._changed()
        self._handed, self._reached = self.position, frame.get("position", self._reached)
        message = Message(*(frame.get(name) for name in Message._fields))  # type: ignore[arg-type]
        self._buffer.append(message._replace(after_gap=self._is_gap))
        self._is_gap = False
        self._some.set()

    def _hear(self, frame: dict[str, Any]) -> None:
        """The users. The first list is not told as a change; later changes are told, also from list to list."""
        if "users" in frame:
            self._page = (self._page or set()) | {one["user"] for one in frame["users"]}
            if frame.get("more"):
                return
            users, self._page = self._page, None
        else:
            name, kind = {frame.get("user")}, frame["type"]
            users = self.users | (name if kind == "join" else set(frame.get("joined", ())))
            users -= name if kind == "leave" else set(frame.get("left", ()))
        news = Presence(self.topic, frozenset(users - self.users), frozenset(self.users - users))
        self.users.difference_update(news.left)
        self.users.update(news.joined)
        is_news, self._is_listed = self._is_listed and bool(news.joined or news.left), True
        if is_news and callable(self._on_presence):
            self._on_presence(news)
