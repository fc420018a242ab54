"""A bank with a bot."""

from collections.abc import AsyncIterator

import pytest

from bot import reactions
from bot.clock import HeldClock
from bot.store.database import Database
from tests import world
from tests.bot.autoreply import teller
from tests.bot.autoreply.teller import Teller


@pytest.fixture
async def database(database_url: str, clock: HeldClock) -> AsyncIterator[Database]:
    """An open database in which what must follow an event follows."""
    database = Database(database_url, now=clock, follow=reactions.FOLLOW)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def desk(database: Database, clock: HeldClock, bank: world.Bank) -> Teller:
    """The taught bot of Crédit des Deux Rives, with nobody at their desk."""
    return await teller.opened(clock, bank, database)
