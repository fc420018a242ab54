"""A Bluesky on loopback for each test, and open lines to it that do not rest long."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot import clock
from bot.connectors.base import Connector, Vault
from bot.connectors.bluesky import receive
from tests.connectors.bluesky.far import Line, connect
from tests.connectors.bluesky.xrpc import Xrpc


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks there is hardly a rest."""
    monkeypatch.setattr(receive, "PAUSE", timedelta(milliseconds=20))


@pytest.fixture
async def api() -> AsyncIterator[Xrpc]:
    server = Xrpc()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def line(api: Xrpc) -> AsyncIterator[Line]:
    """Opens a connector with the options that are given, and closes it when the test ends."""
    async with AsyncExitStack() as lines:

        async def opened(at: clock.Clock = clock.now, vault: Vault | None = None, **options: str) -> Connector:
            connector = connect(api, at, vault, **options)
            lines.push_async_callback(connector.close)
            await connector.open()
            return connector

        yield opened
