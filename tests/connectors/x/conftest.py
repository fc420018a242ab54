"""A loopback X for each test, and open lines to it."""

from collections.abc import AsyncIterator

import pytest

from bot import clock
from bot.connectors import registry
from bot.connectors.base import Connector, Vault
from tests.connectors.server import lines, started
from tests.connectors.x.far import Line, account
from tests.connectors.x.x_api import XApi


@pytest.fixture
async def api() -> AsyncIterator[XApi]:
    async with started(XApi(clock.now)) as server:
        yield server


@pytest.fixture
async def line(api: XApi) -> AsyncIterator[Line]:
    def connect(at: clock.Clock = clock.now, vault: Vault | None = None, **options: str) -> Connector:
        return registry.connect(account(api, vault, **options), at)

    async with lines(connect) as opened:
        yield opened
