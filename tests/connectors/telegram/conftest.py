"""A Bot API on loopback for each test, and open lines to it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.connectors.server import lines, started
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.far import Line, connect


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with started(BotApi()) as server:
        yield server


@pytest.fixture
async def line(api: BotApi) -> AsyncIterator[Line]:
    async with lines(partial(connect, api)) as opened:
        yield opened
