"""A Bot API on loopback for each test, and open lines to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot import clock
from bot.connectors.base import Connector
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.far import Line, connect


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    server = BotApi()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def line(api: BotApi) -> AsyncIterator[Line]:
    """Opens a connector with the options that are given, and closes it when the test ends."""
    async with AsyncExitStack() as lines:

        async def opened(at: clock.Clock = clock.now, **options: str) -> Connector:
            connector = connect(api, at, **options)
            lines.push_async_callback(connector.close)
            await connector.open()
            return connector

        yield opened
