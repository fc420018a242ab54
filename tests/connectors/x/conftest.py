"""A loopback X for each test, and open lines to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot import clock
from bot.connectors import registry
from bot.connectors.base import Connector, Vault
from tests.connectors.x.far import Line, account
from tests.connectors.x.x_api import XApi


@pytest.fixture
async def api() -> AsyncIterator[XApi]:
    server = XApi(clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def line(api: XApi) -> AsyncIterator[Line]:
    """Opens a connector with the options that are given, and closes it when the test ends."""
    async with AsyncExitStack() as lines:

        async def opened(at: clock.Clock = clock.now, vault: Vault | None = None, **options: str) -> Connector:
            connector = registry.connect(account(api, vault, **options), at)
            lines.push_async_callback(connector.close)
            await connector.open()
            return connector

        yield opened
