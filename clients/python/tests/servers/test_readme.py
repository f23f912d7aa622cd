"""The programs of README.md, as they stand there, against a server."""

import asyncio
import re
import sys
from pathlib import Path

from tests.fake import soon
from tests.processes import KEY, Daemon, Processes, ServerProcess, started
from tidegate import Client, Tidegate

PACKAGE = Path(__file__).resolve().parents[2]


def program(index: int, server: ServerProcess) -> list[str]:
    blocks = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    text = blocks[index].replace("ws://localhost:8080/chat", server.url).replace("http://localhost:8090", server.api)
    return [sys.executable, "-u", "-c", text]


async def test_the_client_of_the_readme(processes: Processes) -> None:
    server = await processes.server("se")
    async with Client(server.url) as client:
        await soon(client.publish("news", "of before", user="ben"))
        async with started(Daemon, *program(0, server), PYTHONPATH=str(PACKAGE / "src")) as run:
            await run.says("^ben of before$")
            await run.says("^ann hello$")


async def test_the_back_end_of_the_readme(processes: Processes) -> None:
    server = await processes.server("se")
    environment = {"PYTHONPATH": str(PACKAGE / "src"), "TIDEGATE_API_KEY": KEY}
    async with started(Daemon, *program(1, server), **environment) as run:
        await run.says(r"^[a-z0-9]+-\d+$")
    history = await asyncio.to_thread(Tidegate(server.api, KEY).history, "orders")
    assert [one["message"] for one in history["messages"]] == [{"total": 9.5}]
