"""Threads's far side for each test, its Graph on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.connectors.threads.far import Threads


@pytest.fixture
async def far() -> AsyncIterator[Threads]:
    side = Threads()
    await side.api.start()
    yield side
    await side.api.stop()
