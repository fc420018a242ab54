"""Messenger's far side for each test, its Graph on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.connectors.messenger.far import Messenger


@pytest.fixture
async def far() -> AsyncIterator[Messenger]:
    side = Messenger()
    await side.api.start()
    yield side
    await side.api.stop()
