"""A server of tidegate.v1 that says what a test tells it to, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

LIMIT = 10  # Seconds that a test waits for what must come.


async def soon(what: Any) -> Any:
    return await asyncio.wait_for(what, LIMIT)


class Peer:
    """The server's end of one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        assert socket.request
        self.headers = socket.request.headers

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def welcome(self, heartbeat: int = 60_000, rate: int = 0, message: int = 65_536, **fields: Any) -> None:
        limits = {"message": message, "topics": 128, "queue": 1 << 20, "rate": rate}
        await self.send(type="welcome", connection="c", node="n", heartbeatMs=heartbeat, limits=limits, **fields)

    async def frame(self, **expected: Any) -> dict[str, Any]:
        """The next frame of the client, which must have these fields."""
        frame: dict[str, Any] = json.loads(await soon(self.socket.recv()))
        assert expected.items() <= frame.items(), f"{frame} is not {expected}"
        return frame

    async def subscribed(self, topic: str, position: str, recovered: bool = True) -> None:
        await self.send(type="subscribed", topic=topic, position=position, recovered=recovered)

    async def message(self, topic: str, position: str | None, message: Any, **fields: Any) -> None:
        at = {} if position is None else {"position": position}
        await self.send(type="message", topic=topic, message=message, timestamp=1, **at, **fields)

    async def close(self, code: int = 1000) -> None:
        await self.socket.close(code)

    def cut(self) -> None:
        self.socket.transport.abort()

    async def closed_with(self) -> int | None:
        await soon(self.socket.wait_closed())
        return self.socket.close_code


class FakeServer:
    def __init__(self) -> None:
        self.peers: asyncio.Queue[Peer] = asyncio.Queue()
        self.refuse: Callable[[Request], tuple[int, dict[str, str]] | None] = lambda request: None
        self.tries = 0
        self.server: Server

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{next(iter(self.server.sockets)).getsockname()[1]}/chat"

    async def accept(self, **welcome: Any) -> Peer:
        """The next connection, already welcome."""
        peer: Peer = await soon(self.peers.get())
        await peer.welcome(**welcome)
        return peer

    async def _serve(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self.peers.put_nowait(peer)
        await socket.wait_closed()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.tries += 1
        if not (refused := self.refuse(request)):
            return None
        response = connection.respond(HTTPStatus(refused[0]), "")
        response.headers.update(refused[1])
        return response


@asynccontextmanager
async def fake_server() -> AsyncIterator[FakeServer]:
    fake = FakeServer()
    protocols: Any = ["tidegate.v1"]
    async with serve(
        fake._serve, "127.0.0.1", 0, subprotocols=protocols, process_request=fake._admit, ping_interval=None
    ) as fake.server:
        yield fake
