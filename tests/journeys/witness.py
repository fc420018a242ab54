"""The fake network's ledger, asked until it tells what must come."""

import asyncio
from collections.abc import Callable

from bot.connectors.fake.ledger import Entry, What
from bot.connectors.fake.server import FakeServer

PATIENCE = 30.0


async def happens(network: FakeServer, what: What, is_it: Callable[[list[Entry]], object]) -> list[Entry]:
    """What the network's ledger says of this, once it is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_it(found := network.network.ledger.entries(what)):
            await asyncio.sleep(0.05)
    return found
