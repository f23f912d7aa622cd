"""Servers and Redis as processes, as an operator starts them; each ends with its test."""

import asyncio
import os
import random
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KEY = "a-key-of-back-ends-of-at-least-32-characters"


def free_port() -> int:
    """Below the ports that the system gives to connections, so that none takes it before Redis listens there."""
    while True:
        port = random.randrange(10_240, 20_240)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Daemon:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.output = ""
        self._reader: asyncio.Task[None] | None = None

    async def says(self, pattern: str) -> tuple[str, ...]:
        """Waits for a line that has it, and gives its groups."""
        assert self.process.stdout
        while line := await asyncio.wait_for(self.process.stdout.readline(), 60):
            self.output += line.decode()
            if found := re.search(pattern, line.decode()):
                return found.groups()
        raise AssertionError(f"ended with {await self.process.wait()}:\n{self.output}")

    def read_on(self) -> None:
        """Lest it wait for somebody to read what it prints."""
        self._reader = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.output += line.decode()


class ServerProcess(Daemon):
    port = api = ""

    @property
    def url(self) -> str:
        return f"ws://localhost:{self.port}/chat"

    async def leaves(self) -> int:
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 60)


@asynccontextmanager
async def started(daemon: type[Daemon], *command: str, **environment: str) -> AsyncIterator[Daemon]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={**others, **environment}
    )
    try:
        yield daemon(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Processes:
    """What one test has started."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def server(self, runtime: str, **settings: str) -> ServerProcess:
        jar = ROOT / f"{runtime}-server/target/tidegate-{runtime}-server.jar"
        assert jar.exists(), f"{jar} is missing: build it first, with ./tidegate test or ./tidegate run {runtime}"
        all = {"port": "0", "management_port": "0", "api_port": "0", "api_keys": KEY, **settings}
        properties = [f"-Dtidegate.{name.replace('_', '.')}={value}" for name, value in all.items()]
        java = f"{os.environ['JAVA_HOME']}/bin/java" if "JAVA_HOME" in os.environ else "java"
        server = await self._stack.enter_async_context(started(ServerProcess, java, *properties, "-jar", str(jar)))
        assert isinstance(server, ServerProcess)
        server.port, server.api = await server.says(r"ws://localhost:(\d+)/,.* API (http://localhost:\d+)/api")
        server.read_on()
        return server

    async def redis(self) -> str:
        port = free_port()
        command = shutil.which("redis-server") or "redis-server"
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        redis = await self._stack.enter_async_context(started(Daemon, command, *options))
        await redis.says("Ready to accept connections")
        redis.read_on()
        return f"redis://127.0.0.1:{port}"
