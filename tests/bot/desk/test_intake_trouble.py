"""What happens to those who wait for a commit when the database fails under it: told at once, and the next are taken."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.desk.hearing import Rules
from bot.desk.intake import Intake
from bot.store import driver
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests.world import Bank

LEA = wire.Person("lea", "Léa")


@pytest.fixture
async def way_in(database: Database) -> AsyncIterator[Intake]:
    made = Intake(database, Rules())
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@pytest.fixture
def said(clock: HeldClock) -> Callable[[str], wire.Batch]:
    return lambda id_: wire.Batch((wire.InboundMessage(id_, "c", LEA, clock() - timedelta(seconds=1), "bonjour"),))


async def test_a_neighbour_whose_connection_dies_takes_nobody_along(
    way_in: Intake, database: Database, bank: Bank, said: Callable[[str], wire.Batch]
) -> None:
    """In the same commit another verb finds the connection dead: the intake says TryLater, and takes the next message."""
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no connection that dies")
    begun, gate = threading.Event(), threading.Event()
    holding = asyncio.create_task(database.write(lambda _: begun.set() or gate.wait(20)))
    assert await asyncio.to_thread(begun.wait, 20)  # else the next may share its commit
    dying = asyncio.create_task(database.write(_dies))
    await asyncio.sleep(0)
    taking = asyncio.create_task(way_in.take(bank.telegram, said("m1")))
    async with asyncio.timeout(20):
        while database.waiting() < 2:
            await asyncio.sleep(0)
        gate.set()
        told = await asyncio.gather(holding, dying, taking, return_exceptions=True)
        assert [type(one) for one in told[1:]] == [errors.TryLater, errors.TryLater]
        await way_in.take(bank.telegram, said("m1"))
    assert (way_in.figures.added, way_in.waiting()) == (1, 0)


def _dies(tx: Transaction) -> None:
    """Its server process is ended, as by an administrator, and it notices."""
    raw: Any = tx.connection.connection.driver_connection
    with psycopg.connect(raw.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (raw.info.backend_pid,))
    driver.ask(tx.connection, "SELECT 1")


async def test_what_fails_before_it_began_is_told(
    way_in: Intake, database: Database, bank: Bank, said: Callable[[str], wire.Batch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction can be opened, for whatever reason: who waits hears of it, and when it passes the next is taken."""
    with monkeypatch.context() as broken:
        broken.setattr(database._writer, "_begin", _no_memory)
        async with asyncio.timeout(20):
            with pytest.raises(MemoryError):
                await way_in.take(bank.telegram, said("m1"))
    async with asyncio.timeout(20):
        await way_in.take(bank.telegram, said("m1"))
    assert (way_in.figures.added, way_in.waiting()) == (1, 0)


def _no_memory(_: object) -> Transaction:
    raise MemoryError
