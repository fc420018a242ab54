"""What can wait gives way to messages that wait to be stored, and is done all the same."""

import pytest

from bot.clock import HeldClock
from bot.model.event import SYSTEM
from bot.runners import courtesy
from bot.runners.sealing import Sealing
from bot.store import events, seals
from bot.store.database import Database


@pytest.fixture(autouse=True)
async def _said(database: Database) -> None:
    await database.write(lambda tx: events.record(tx, "ticket.resolved", by=SYSTEM))


async def _unsealed(database: Database) -> int:
    return len(await database.read(lambda tx: seals.unsealed(tx, 10)))


async def test_the_seal_gives_way(database: Database, clock: HeldClock) -> None:
    """While messages wait it seals nothing; when the oldest event has waited long enough, it does."""
    database.bell.ring()
    sealing = Sealing(database, "test", lambda: 1)
    await sealing.turn()
    assert await _unsealed(database) == 1
    clock.advance(courtesy.LAG)
    await sealing.turn()
    assert await _unsealed(database) == 0


async def test_with_nothing_waiting_it_seals_at_once(database: Database) -> None:
    """Nobody is there to give way to."""
    await Sealing(database, "test", lambda: 0).turn()
    assert await _unsealed(database) == 0
