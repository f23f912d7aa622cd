from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.processes import Processes


@pytest_asyncio.fixture
async def processes() -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        yield Processes(stack)


@pytest.fixture(params=["se", "mp"])
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)
