"""The application's tokens: asked for before the current token ends, and once for all that need one."""

import asyncio
import inspect
import math
import random
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tidegate._wire import TidegateError, jitter

Source = Callable[[], str | Awaitable[str]]


class Tokens:
    def __init__(
        self, source: Source | None, spawn: Callable[[Coroutine[Any, Any, None]], Any], is_new: Callable[[], None],
        failed: Callable[[TidegateError], None],
    ) -> None:  # fmt: skip
        self.present: str | None = None
        self.is_given = source is not None
        self._source, self._spawn, self._is_new, self._failed = source, spawn, is_new, failed
        self._loop, self._lock = asyncio.get_running_loop(), asyncio.Lock()
        self._ends, self._lifetime, self._failures = math.inf, 0.0, 0
        self._renewal: asyncio.TimerHandle | None = None

    def _is_near_end(self, at: float) -> bool:
        """Whether the token must not be used for a new connection at that time."""
        return self.is_given and (not self.present or self._ends - at < min(60.0, 0.4 * self._lifetime))

    def forget(self, token: str | None) -> None:
        """A server refuses the token."""
        self.present = None if token == self.present else self.present

    async def freshen(self) -> str | None:
        """A token for a new connection: a new one if the current one ends soon; an old token is better than none."""
        if self._is_near_end(self._loop.time()):
            try:
                await self._ask(self.present)
            except TidegateError as error:
                if not self.present or self._ends <= self._loop.time():
                    raise
                self._failed(error)
        return self.present

    async def _ask(self, known: str | None) -> None:
        async with self._lock:
            if self.present != known or not self._source:
                return  # Another task has asked in the meantime.
            try:
                given = self._source()
                token = await asyncio.wait_for(given, 30) if inspect.isawaitable(given) else given
                if not isinstance(token, str) or not re.fullmatch(r"[A-Za-z0-9._-]+", token):
                    raise ValueError("it gave no token, which is text of the characters A-Z a-z 0-9 . _ -")
            except Exception as cause:
                raise TidegateError("token-failed", f"token() failed: {cause!r}") from cause
            if token != known:
                self.present, self._ends, self._lifetime = token, math.inf, 0.0

    def counts(self, token: str | None, frame: dict[str, Any]) -> None:
        """A server has said how long this token is valid: plans when to ask for the next one."""
        if self.is_given and token == self.present and (seconds := frame.get("expiresInMs", 0) / 1000):
            now = self._loop.time()
            self._ends, self._lifetime = now + seconds, max(self._lifetime, seconds)
            self._renew_at(now + random.uniform(0.6, 0.9) * seconds)

    def taken(self) -> None:
        self._failures = 0

    def last_until(self, leave_at: float, slot: float) -> None:
        """The connection that is opened then must not wait for a token."""
        if self._renewal and self._is_near_end(leave_at + slot):
            wait = min(leave_at - self._loop.time(), self._lifetime / 2)
            self._renew_at(min(self._renewal.when(), leave_at - random.random() * wait))

    def _renew_at(self, at: float) -> None:
        self.close()
        self._renewal = self._loop.call_at(at, lambda: self._spawn(self._renew()))

    async def _renew(self) -> None:
        known = self.present
        try:
            await self._ask(known)
            if self.present == known:  # The same token again: ask later, at the latest for a new connection.
                self._renew_at(self._loop.time() + max(1.0, 0.6 * (self._ends - self._loop.time())))
            self._is_new()
        except TidegateError as error:
            self.failed(error)

    def failed(self, error: TidegateError) -> None:
        self._failures += 1
        self._renew_at(self._loop.time() + jitter(self._failures))
        self._failed(error)

    def close(self) -> None:
        if self._renewal:
            self._renewal.cancel()
