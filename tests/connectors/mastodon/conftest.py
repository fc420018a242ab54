"""An instance on loopback for each test, and open lines to it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.connectors.mastodon.far import Line, connect
from tests.connectors.mastodon.instance import Instance
from tests.connectors.server import lines, started


@pytest.fixture
async def instance() -> AsyncIterator[Instance]:
    async with started(Instance()) as server:
        yield server


@pytest.fixture
async def line(instance: Instance) -> AsyncIterator[Line]:
    async with lines(partial(connect, instance)) as opened:
        yield opened
