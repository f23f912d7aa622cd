"""Publishes, in their order, until they are answered."""

import asyncio
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tidegate._link import Link
from tidegate._wire import TidegateError, check_topic, encode

PENDING = 1000  # Publishes that can wait for their answer.
UNANSWERED = 63  # The server stops reading at 64; with 63 a subscribe still gets through.


class Ack(NamedTuple):
    id: str | int
    topic: str
    position: str | None  # None for a message that is not kept.


@dataclass
class Publish:
    id: str | int
    topic: str
    text: str
    is_kept: bool
    answer: asyncio.Future[Ack]
    on: Link | None = None


class PublishQueue:
    def __init__(self) -> None:
        self._all: dict[str | int, Publish] = {}
        self._ids = map((secrets.token_hex(12) + "-{}").format, itertools.count())

    def add(self, topic: str, message: Any, user: Any, id: str | int | None, is_kept: bool) -> Publish:
        check_topic(topic)
        id = next(self._ids) if id is None else id
        if not isinstance(id, int) and not (isinstance(id, str) and 1 <= len(id) <= 128):
            raise TidegateError("invalid-frame", f"id {id!r:.140}; allowed is an integer or 1 to 128 characters")
        frame = {"type": "publish", "topic": topic, "id": id, "keep": is_kept, "message": message}
        text = encode(frame if user is None else {**frame, "user": user})
        if id in self._all:
            raise TidegateError("duplicate-id", f"a publish with the id {id!r} is not acknowledged yet")
        if len(self._all) >= PENDING:
            raise TidegateError("queue-full", f"{PENDING} publishes are not acknowledged yet: publish later")
        one = self._all[id] = Publish(id, topic, text, is_kept, asyncio.get_running_loop().create_future())
        return one

    def given_up(self, one: Publish) -> None:
        if not one.on:  # Otherwise its answer will still come.
            self._all.pop(one.id, None)

    def following(self, link: Link, waits: Callable[[str], bool]) -> str | None:
        """The next publish to send; it then counts as sent."""
        for one in list(self._all.values()):
            if link.unanswered >= UNANSWERED:
                return None
            if one.on or waits(one.topic):
                continue
            if len(one.text.encode()) <= (limit := link.welcome["limits"]["message"]):
                one.on = link
                link.unanswered += 1
                return one.text
            self.answer(one.id, TidegateError("too-large", f"a frame may have {limit} bytes"))
        return None

    def unsend(self, link: Link) -> None:
        """Sends its publishes again on another link. While it is open, it can still answer those that are not kept."""
        for one in list(self._all.values()):
            if one.on is link and (one.is_kept or link.is_over):
                self.again(one.id, TidegateError("connection-lost", "the connection ended before the answer"))

    def again(self, id: Any, error: TidegateError) -> None:
        """The server does not remember messages that it does not keep: such a message could be published twice."""
        one = self._all.get(id)
        if one and (not one.is_kept or one.answer.done()):
            self.answer(id, error)
        elif one and one.on:
            one.on.unanswered -= 1
            one.on = None

    def answer(self, id: Any, result: Ack | TidegateError) -> None:
        one = self._all.pop(id, None)
        if one and one.on:
            one.on.unanswered -= 1
        if one and not one.answer.done():
            one.answer.set_result(result) if isinstance(result, Ack) else one.answer.set_exception(result)

    def answer_all(self, error: TidegateError) -> None:
        for id in list(self._all):
            self.answer(id, error)
