"""WhatsApp's far side for each test, its Graph on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.connectors.whatsapp.far import WhatsApp


@pytest.fixture
async def far() -> AsyncIterator[WhatsApp]:
    side = WhatsApp()
    await side.api.start()
    yield side
    await side.api.stop()
