"""A Bluesky on loopback for each test, and open lines to it that do not rest long."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.connectors.bluesky import receive
from tests.connectors.bluesky.far import Line, connect
from tests.connectors.bluesky.xrpc import Xrpc
from tests.connectors.server import lines, started


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks there is hardly a rest."""
    monkeypatch.setattr(receive, "PAUSE", timedelta(milliseconds=20))


@pytest.fixture
async def api() -> AsyncIterator[Xrpc]:
    async with started(Xrpc()) as server:
        yield server


@pytest.fixture
async def line(api: Xrpc) -> AsyncIterator[Line]:
    async with lines(partial(connect, api)) as opened:
        yield opened
