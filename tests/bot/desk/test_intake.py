"""The way in for every door."""

import asyncio
import contextlib
import threading
from datetime import timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.desk import hearing, intake
from bot.desk.hearing import Heard, Rules
from bot.desk.intake import Intake
from bot.store.database import Database
from tests.world import Bank


def batch(clock: HeldClock, length: int, count: int = 1) -> wire.Batch:
    who = wire.Person("p", "Léa")
    said = [wire.InboundMessage(f"m{n}", "c", who, clock() - timedelta(seconds=1), "a" * length) for n in range(count)]
    return wire.Batch(tuple(said))


@pytest.mark.parametrize(("length", "is_beside"), [(100, False), (intake.LONG, False), (intake.LONG + 1, True)])
async def test_a_long_batch_is_read_beside_the_loop(
    database: Database, bank: Bank, clock: HeldClock, monkeypatch: pytest.MonkeyPatch, length: int, is_beside: bool
) -> None:
    """What takes long to mask is masked in a thread, so that windows and other doors go on; the short is not worth one."""
    where: list[int] = []
    truly = hearing.prepare

    def watched(channel_id: int, said: wire.InboundMessage) -> Heard:
        where.append(threading.get_ident())
        return truly(channel_id, said)

    monkeypatch.setattr(hearing, "prepare", watched)
    way_in = Intake(database, Rules())
    running = asyncio.create_task(way_in.run())

    async with asyncio.timeout(30):
        await way_in.take(bank.telegram, batch(clock, length))

    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert [one != threading.get_ident() for one in where] == [is_beside]
    assert (way_in.figures.added, way_in.waiting()) == (1, 0)


async def test_what_is_being_read_counts_against_the_limit(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Long batches at the same moment cannot pass the limit together: the second is told to come again."""
    way_in = Intake(database, Rules(), limit=3)
    first = asyncio.create_task(way_in.take(bank.telegram, batch(clock, intake.LONG, 2)))
    await asyncio.sleep(0)

    with pytest.raises(errors.TryLater):
        await way_in.take(bank.telegram, batch(clock, intake.LONG, 2))

    first.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await first
