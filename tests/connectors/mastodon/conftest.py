"""An instance on loopback for each test, and open lines to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot import clock
from bot.connectors.base import Connector
from tests.connectors.mastodon.far import Line, connect
from tests.connectors.mastodon.instance import Instance


@pytest.fixture
async def instance() -> AsyncIterator[Instance]:
    server = Instance()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def line(instance: Instance) -> AsyncIterator[Line]:
    """Opens a connector with the options that are given, and closes it when the test ends."""
    async with AsyncExitStack() as lines:

        async def opened(at: clock.Clock = clock.now, **options: str) -> Connector:
            connector = connect(instance, at, **options)
            lines.push_async_callback(connector.close)
            await connector.open()
            return connector

        yield opened
