"""A network that outlives the desk's processes, and the house they share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.connectors.fake.network import FakeNetwork
from bot.connectors.fake.server import FakeServer
from bot.store.database import Database
from tests.journeys.counter import Counter, built, furnish
from tests.journeys.processes import House
from tests.peers import installing, telegram
from tests.peers.telegram import Emulator

# A machine with other things to do may need this long for what takes a blink.
PATIENCE, USUAL = 60_000, 5_000


@pytest.fixture
def patience() -> Iterator[None]:
    """How long a page may take to show what is expected of it."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=USUAL)


@pytest.fixture
async def network() -> AsyncIterator[FakeServer]:
    """A fake network with one account, `brand`, served on loopback."""
    network = FakeNetwork(seed=7)
    network.account("brand")
    server = FakeServer(network)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def house(tmp_path: Path, database_url: str, network: FakeServer) -> House:
    """A folder whose configuration names the network's account; on SQLite its database is the one of the test."""
    house = built(tmp_path, database_url, network.url)
    house.furnish(("brand",))
    return house


@pytest.fixture
async def onlooker(house: House) -> AsyncIterator[Database]:
    """The test's own look into the desk's database."""
    database = Database(house.database_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Telegram, as somebody else has written it."""
    try:
        async with telegram.running() as running:
            yield running
    except installing.NoPeer as why:
        pytest.skip(f"the Telegram emulator cannot be had here: {why}")


@pytest.fixture
async def counter(tmp_path: Path, database_url: str, emulator: Emulator) -> Counter:
    """A bank with two agents and a canned reply, whose channel is a bot of the emulator."""
    house = built(tmp_path, database_url, emulator.url)
    furnish(house)
    return Counter(house, emulator)
