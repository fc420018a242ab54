"""The log of facts: a reader with a cursor misses nothing, whatever commits around it."""

import asyncio
import threading
from datetime import timedelta

import pytest
import sqlalchemy
from sqlalchemy import Connection

from bot.clock import now
from bot.model.event import SYSTEM
from bot.store import engines, events, queue
from bot.store.database import Database
from bot.store.events import Position
from bot.store.transaction import Transaction

WRITERS = 8
EVENTS = 60


async def test_a_cursor_loses_nothing_under_concurrent_commits(database: Database, database_url: str) -> None:
    """Eight writers commit in any order, some slowly; a reader that only moves forward sees every event exactly once."""
    done = threading.Event()
    seen: list[int] = []
    reader = asyncio.create_task(_follow(database, seen, done))
    writers = [asyncio.to_thread(_write, database_url, number) for number in range(WRITERS)]
    written = [id_ for ids in await asyncio.gather(*writers) for id_ in ids]
    done.set()
    async with asyncio.timeout(30):
        await reader

    assert len(written) == WRITERS * EVENTS
    assert sorted(written) == sorted(seen)


def _write(url: str, number: int) -> list[int]:
    """One writer with a connection of its own; each transaction stays open while others come and go."""
    made = sqlalchemy.make_url(url)
    engine = engines.writing(made)
    dialect = "sqlite" if made.get_backend_name() == "sqlite" else "postgresql"
    ids = []
    for step in range(EVENTS):
        with engine.begin() as connection:
            tx = Transaction(connection, dialect, now())
            ids.append(events.record(tx, "test.written", by=SYSTEM, body={"writer": number}))
            if dialect == "postgresql" and (number + step) % 3 == 0:
                connection.exec_driver_sql("SELECT pg_sleep(0.004)")
    engine.dispose()
    return ids


async def _follow(database: Database, seen: list[int], done: threading.Event) -> None:
    position = Position()
    while True:
        was_done = done.is_set()
        new = await database.read(lambda tx, position=position: events.after(tx, position, 50))
        seen += [event.position.id for event in new]
        if new:
            position = new[-1].position
        elif was_done:
            return


async def test_an_open_transaction_holds_readers_back_and_is_counted(postgresql_url: str) -> None:
    """While an older transaction is open, younger events wait for it: the lag says so, and nothing is passed over."""
    database = Database(postgresql_url)
    await database.open()
    engine = sqlalchemy.create_engine(sqlalchemy.make_url(postgresql_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as slow:
        older = _record(slow, "older")
        await database.write(lambda tx: events.record(tx, "younger", by=SYSTEM))
        assert await database.read(lambda tx: events.after(tx, Position())) == []
        assert await database.read(events.lag) >= 1
        slow.commit()

    assert [event.kind for event in await database.read(lambda tx: events.after(tx, Position()))] == [
        "older",
        "younger",
    ]
    assert older
    engine.dispose()
    await database.close()


def _record(connection: Connection, kind: str) -> int:
    return events.record(Transaction(connection, "postgresql", now()), kind, by=SYSTEM)


async def test_what_must_follow_commits_with_the_event(database_url: str) -> None:
    """Work is there if and only if its event is: a verb that fails leaves neither."""
    database = Database(database_url, follow={"ticket.opened": ("route",)})
    await database.open()

    def fail(tx: Transaction) -> None:
        events.record(tx, "ticket.opened", by=SYSTEM)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(queue.depth) == (0, 0)

    await database.write(lambda tx: events.record(tx, "ticket.opened", by=SYSTEM))
    assert await database.read(queue.depth) == (1, 0)
    await database.close()


async def test_the_bell_rings_after_the_commit_and_only_for_news(database: Database) -> None:
    """Whoever hears it finds the event; a verb that records nothing wakes nobody."""
    ear = database.bell.listen()
    await database.write(lambda _: None)
    assert not await ear.wait(timedelta(milliseconds=20))

    await database.write(lambda tx: events.record(tx, "test.written", by=SYSTEM))
    assert await ear.wait(timedelta(seconds=5))
    assert len(await database.read(lambda tx: events.after(tx, Position()))) == 1


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "a.1", "1.b", "-1.2", "1.2.3", "9" * 41 + ".1", "١.١"])
def test_a_position_that_is_none(text: str) -> None:
    """A window may send back anything; only what we wrote is a place in the log."""
    assert Position.parse(text) is None


def test_a_position_survives_the_way_to_a_window_and_back() -> None:
    """What is sent as the stream's id is what a reconnecting window names."""
    assert Position.parse(str(Position(740, 12))) == Position(740, 12)
