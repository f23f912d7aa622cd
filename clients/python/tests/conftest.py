import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .fake import FakeServer, fake_server


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeServer]:
    async with fake_server() as server:
        yield server


@pytest.fixture(autouse=True)
def no_wait(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All jitter is drawn as none, so that no test waits for it; a test that is about it draws by itself."""
    if "unit" in str(request.path):
        monkeypatch.setattr(random, "uniform", lambda low, high: low)
        monkeypatch.setattr(random, "random", lambda: 0.0)
