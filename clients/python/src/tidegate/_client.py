"""A client of tidegate.v1. All of it runs on one event loop."""

import asyncio
import logging
import math
import random
import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import websockets

from tidegate._exchange import Exchange
from tidegate._link import Link, Pace, dial
from tidegate._publish_queue import Ack
from tidegate._tokens import Source, Tokens
from tidegate._topic import Presence, Subscription
from tidegate._wire import TidegateError, jitter

NEW_TOKEN, NOT_ALLOWED, POLICY, LEAVING = 4401, 4403, 1008, 1012
FINAL = {1000, 1002, 1007, 1009, NOT_ALLOWED}
OF_STATUS = {401: (NEW_TOKEN, "invalid-token"), 403: (NOT_ALLOWED, "forbidden"), 503: (None, "")}
STEADY = 10.0  # A connection that was live for this time was good: the backoff starts again.
HANDS_OVER = 1.5  # In this time after its moment, the client tries again if a node that soon leaves refuses it.
SLOT = 1.75  # A server closes a handed-over connection 2 s after its moment; the last try needs some of it.
log = logging.getLogger("tidegate")


class Client:
    """Opens a connection and keeps it open until `close()`, or until the server ends the client.

    `urls`: one or more URLs of `/chat`. `token` gives a token, and can be async. `on_event` must not block. It gets
    ("state", name), ("lost", topic) if messages are missing, and ("error", TidegateError) for errors of no publish.
    """

    def __init__(
        self, urls: str | Sequence[str], token: Source | None = None,
        on_event: Callable[[str, Any], object] | None = None,
    ) -> None:  # fmt: skip
        self._urls = [urls] if isinstance(urls, str) else list(urls)
        for url in self._urls or [""]:
            if not re.match(r"wss?://(?!.*[?&](topic|access_token)=)", url):
                raise ValueError(f"urls: {url!r} must begin with ws:// or wss:// and have no topic or access_token")
        self._on_event, self._loop = on_event, asyncio.get_running_loop()
        self._tokens = Tokens(token, self._spawn, self._settle, lambda error: self._tell("error", error))
        self._exchange, self._pace = Exchange(self._tokens, self._tell), Pace()
        self._link: Link | None = None
        self._old: Link | None = None  # In a hand-over: the connection that was left. Only its acks count.
        self._opening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None  # The timer of the next connection.
        self._turn, self._attempt = random.randrange(len(self._urls)), 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: TidegateError | None = None
        self.state = "waiting"  # Or connecting, resuming, live, leaving, handing-over, closed.
        self._open()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def welcome(self) -> dict[str, Any]:
        """The `welcome` of the server, about itself and this client: `node`, `connection`, `user`, `limits`."""
        return self._link.welcome if self._link else {}

    def subscribe(
        self, topic: str, *, after: str | None = None, last: int | None = None,
        presence: bool | Callable[[Presence], object] = False,
    ) -> Subscription:  # fmt: skip
        """Begins at the present, after the position `after`, or with that many of the `last` messages.

        With `presence` the subscription has `users`. A function gets the users that join and leave.
        """
        if last is not None and (after or not 1 <= last <= 100_000):
            raise ValueError(f"last must be 1 to 100000, and not together with after: {last!r}")
        feed = Subscription(topic, {"after": after, "last": last, "presence": bool(presence)}, presence, self._settle)
        if self._over or topic in self._exchange.feeds:
            raise self._over or TidegateError("already-subscribed", f"{topic} has a subscription, with one position")
        self._exchange.feeds[topic] = feed
        self._settle()
        return feed

    async def publish(
        self, topic: str, message: Any, *, user: Any = None, id: str | int | None = None, keep: bool = True
    ) -> Ack:
        """Returns once the server has it; until then each new connection sends it again. It is published once."""
        if self._over:
            raise self._over
        one = self._exchange.publish_queue.add(topic, message, user, id, keep)
        self._settle()
        try:
            return await one.answer
        finally:
            self._exchange.publish_queue.given_up(one)

    async def close(self) -> None:
        """Closes the client for good. Iterations end, and unacknowledged publishes fail with `closed`."""
        for feed in self._exchange.feeds.values():
            feed._end(None)
        self._shut(TidegateError("closed", "this client is closed"))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- connections

    def _open(self) -> None:
        self._timer = None
        self._opening = self._spawn(self._connect())
        self._settle()

    def _open_at(self, at: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._open)

    async def _connect(self) -> None:
        url, token, code, held = self._urls[self._turn % len(self._urls)], None, None, 0.0
        try:
            token = await self._tokens.freshen()
            leave_at = self._link.leave_at if self._link else -math.inf
            link = await dial(url, token, leave_at < math.inf and self._loop.time() < leave_at + HANDS_OVER)
        except websockets.InvalidStatus as refusal:
            status, header = refusal.response.status_code, refusal.response.headers.get("Retry-After", "")
            code, name = OF_STATUS.get(status, (None, "refused"))
            held = float(header) if header.isdigit() else 0.0
            error = TidegateError(name, f"{url} answered with HTTP {status}")
        except (OSError, EOFError, asyncio.TimeoutError, websockets.WebSocketException) as failure:
            error = TidegateError("cannot-open" if self._attempt == 0 else "", f"{url}: {failure!r:.200}")
        except TidegateError as failure:
            error = failure
        else:
            self._opening, self._old, self._link = None, self._link, link
            self._exchange.move(self._old)
            self._tokens.counts(token, link.welcome)
            self._spawn(link.read(self._received, self._ended))
            self._spawn(link.write(self._following, self._pace))
            link.watch(self._ended)
            return self._settle()
        self._opening = None
        self._turn += 1
        self._retry(code, error, token, held)
        self._settle()

    def _retry(self, code: int | None, error: TidegateError, token: str | None, held: float = 0.0) -> None:
        """A connection has ended or failed: plans the next try, or none."""
        if code in FINAL or (code == NEW_TOKEN and not self._tokens.is_given):
            return self._shut(error)
        if code == NEW_TOKEN:
            self._tokens.forget(token)
        if error.code:
            self._tell("error", error)
        wait, now = jitter(self._attempt), self._loop.time()
        if self._link and now < self._link.leave_at + SLOT:  # In a hand-over it is better to try at once.
            wait = random.random() * min(0.25, self._link.leave_at + SLOT - now)
        elif code == NEW_TOKEN and self._attempt == 0:
            wait = 0.0
        else:
            wait += 30.0 if code == POLICY else held
        self._attempt += 1
        self._open_at(now + wait)

    def _ended(self, link: Link) -> None:
        if link.is_over:
            return
        self._drop(link)
        if link is self._old:
            self._old = None
        if link is not self._link:
            return
        if self._old:
            self._drop(self._old)
        self._link = self._old = None
        code, reason, now = link.socket.close_code, link.socket.close_reason, self._loop.time()
        self._turn += link.leave_at == math.inf  # A notice has already turned it.
        self._attempt = 0 if now - link.live_at > STEADY else self._attempt
        name = {NEW_TOKEN: "token-expired", NOT_ALLOWED: "forbidden"}.get(code or 0, "")
        # A node that leaves has given each of its clients a separate moment, so that they do not all come at once.
        if code in FINAL or not (self._opening or (code == LEAVING and self._timer)):
            self._retry(code, TidegateError(name, f"{code} {reason}"), link.token)
        self._settle()

    def _drop(self, link: Link) -> None:
        link.is_over = True
        link.wake.set()
        self._exchange.publish_queue.unsend(link)
        self._spawn(link.socket.close())

    def _shut(self, error: TidegateError) -> None:
        if self._over:
            return
        self._over = error if error.code else TidegateError("closed", f"the server has closed it: {error.message}")
        self._tokens.close()
        for timer in (self._timer, self._opening):
            if timer:
                timer.cancel()
        for link in (self._link, self._old):
            if link:
                self._drop(link)
        self._link = self._old = self._opening = None
        self._exchange.end(self._over)
        self._settle()

    def _settle(self) -> None:
        """Does what is possible now, and reports the state of the client."""
        link, now = self._link, self._loop.time()
        if self._exchange.is_live() and link:
            link.live_at = min(link.live_at, now)
            if self._old:
                self._drop(self._old)
                self._old = None
        if link:
            link.wake.set()
        state = ("closed" if self._over else ("connecting" if self._opening else "waiting") if not link
                 else "handing-over" if self._old or now >= link.leave_at else "resuming" if link.live_at == math.inf
                 else "live" if link.leave_at == math.inf else "leaving")  # fmt: skip
        if state != self.state:
            self.state = state
            self._tell("state", state)

    # ---- one connection

    def _following(self, link: Link) -> str | None:
        return self._exchange.following(link) if link is self._link else None

    def _received(self, link: Link, frame: dict[str, Any]) -> None:
        if frame["type"] == "server-shutdown" and link.leave_at == math.inf:
            link.leave_at = self._loop.time() + frame["reconnectAfterMs"] / 1000
            if link is self._link:
                self._leave(link)
        self._exchange.received(link, frame, link is self._link)
        if frame["type"] != "message":
            self._settle()

    def _leave(self, link: Link) -> None:
        self._turn, self._attempt = self._turn + 1, 0
        self._open_at(link.leave_at)
        self._tokens.last_until(link.leave_at, SLOT)

    # ---- the application

    def _tell(self, name: str, value: Any) -> None:
        if not self._on_event:
            return log.log(logging.DEBUG if name == "state" else logging.WARNING, "%s: %s", name, value)
        try:
            self._on_event(name, value)
        except Exception:
            log.exception("on_event failed")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Keeps a reference, because the loop itself holds no task that nobody waits for."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
