"""One connection, and the limits that its server sets."""

import asyncio
import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect

from tidegate._topic import Subscription
from tidegate._wire import TidegateError, decode

SILENT = 4  # Halves of a heartbeat. They are counted, because a blocked loop only has not read.


class Pace:
    """Keeps the server's rate over all connections together; at most half a second's frames at once."""

    def __init__(self) -> None:
        self._sent_until = 0.0

    async def take(self, limit: float) -> None:
        if rate := 0.95 * limit:
            now = asyncio.get_running_loop().time()
            self._sent_until = max(self._sent_until, now - max(0.5, 1 / rate)) + 1 / rate
            await asyncio.sleep(self._sent_until - now)


@dataclass(eq=False)
class Link:
    socket: ClientConnection
    welcome: dict[str, Any]
    token: str | None
    topics: dict[str, Subscription | None] = field(default_factory=dict)  # None: `unsubscribe` is not answered.
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    live_at: float = math.inf
    leave_at: float = math.inf
    unanswered: int = 0
    refusals: int = 0
    silence: int = 0
    is_paused: bool = False
    is_over: bool = False

    async def read(self, received: Callable[["Link", Any], None], ended: Callable[["Link"], None]) -> None:
        try:
            async for text in self.socket:
                if self.is_over:
                    return
                self.silence = 0
                received(self, decode(text))
        except websockets.ConnectionClosed:
            pass  # The close code has the reason.
        finally:
            ended(self)

    def watch(self, ended: Callable[["Link"], None]) -> None:
        """Ends the connection if nothing arrives for two heartbeats."""
        if self.silence >= SILENT:
            ended(self)
        elif not self.is_over:
            self.silence += 1
            asyncio.get_running_loop().call_later(self.welcome["heartbeatMs"] / 2000, self.watch, ended)

    async def write(self, following: Callable[["Link"], str | None], pace: Pace) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while not self.is_over:
                self.wake.clear()
                while not self.is_over and (text := following(self)):
                    await pace.take(self.welcome["limits"]["rate"])
                    await self.socket.send(text)
                await self.wake.wait()

    def pause(self, seconds: float) -> None:
        if not self.is_paused:
            self.is_paused = True
            self.refusals += 1
            asyncio.get_running_loop().call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self.is_paused = False
        self.wake.set()


async def dial(url: str, token: str | None, hands_over: bool = False) -> Link:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # The second one says that a refusal does no harm; no server confirms it.
    protocols = [websockets.Subprotocol(each) for each in ("tidegate.v1", "tidegate.handover")][: 1 + hands_over]
    socket = await connect(url, subprotocols=protocols, additional_headers=headers, ping_interval=None,
                           max_size=None, close_timeout=2)  # fmt: skip
    try:
        welcome = decode(await asyncio.wait_for(socket.recv(), 10)) if socket.subprotocol else {}
        if welcome.get("type") != "welcome":
            raise TidegateError("no-subprotocol", f"{url} does not speak tidegate.v1: is it the /chat of a Tidegate?")
        return Link(socket, welcome, token)
    except BaseException:
        await socket.close()
        raise
