"""Facebook's far side for each test, its Graph on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.connectors.facebook.far import Facebook


@pytest.fixture
async def far() -> AsyncIterator[Facebook]:
    side = Facebook()
    await side.api.start()
    yield side
    await side.api.stop()
