"""Instagram's far side for each test, its Graph on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.connectors.instagram.far import Instagram


@pytest.fixture
async def far() -> AsyncIterator[Instagram]:
    side = Instagram()
    await side.api.start()
    yield side
    await side.api.stop()
