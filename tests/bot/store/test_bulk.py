"""Many rows in one statement keep every value as it was given."""

from datetime import timedelta

import pytest

from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.quarantine import Quarantine
from bot.model.tag import Tag
from bot.store import bulk
from bot.store.database import Database
from bot.store.transaction import Transaction

AWKWARD = [
    "plain",
    "",
    "NULL",
    'say "no"',
    "back\\slash",
    "{braces},",
    "two\nlines\t",
    "é€😀",
    "'; drop table tag; --",
    "%s ?",
]


async def test_every_text_comes_back_as_it_went(database: Database) -> None:
    """Quotes, backslashes, braces, new lines and empty texts are stored, and found again, as themselves."""
    rows = list(enumerate(AWKWARD, 1))
    await database.write(lambda tx: bulk.insert(tx, table(Tag), ("id", "name"), rows))

    def found(tx: Transaction) -> list[tuple[int, str]]:
        condition, wanted = bulk.among(tx, "name", AWKWARD)
        return [
            (row[0], row[1])
            for row in tx.connection.exec_driver_sql(f"SELECT id, name FROM tag WHERE {condition}", (wanted,))
        ]

    assert sorted(await database.read(found)) == rows


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\\x41", "{“é”}".encode()])
async def test_bytes_and_times_come_back_as_they_went(database: Database, raw: bytes) -> None:
    """Bytes that are no text, moments to the microsecond, truths and nothings are stored as themselves."""
    at = database.now() + timedelta(microseconds=1)

    def keep(tx: Transaction) -> None:
        channel = Channel(id=1, name="one", title="One", network="fake", created_at=at)
        tx.connection.execute(table(Channel).insert(), [channel.model_dump()])
        columns = ("id", "channel_id", "raw", "is_wire", "reason", "attempts", "set_aside_at", "released_at")
        bulk.insert(tx, table(Quarantine), columns, [(1, 1, raw, True, "why", 1, at, None)])

    await database.write(keep)
    row = await database.read(lambda tx: tx.connection.execute(table(Quarantine).select()).one())

    assert (bytes(row.raw), row.is_wire, row.set_aside_at, row.released_at) == (raw, True, at, None)


async def test_nothing_is_among_none(database: Database) -> None:
    """A question for none of many finds nothing, and is no mistake."""

    def found(tx: Transaction) -> int:
        condition, wanted = bulk.among(tx, "id", [])
        return len(tx.connection.exec_driver_sql(f"SELECT id FROM tag WHERE {condition}", (wanted,)).all())

    assert await database.read(found) == 0


async def test_only_what_was_not_there_is_new(database: Database) -> None:
    """Of rows that meet a unique constraint, those already there are passed over and not counted as new."""

    def twice(tx: Transaction) -> list[set[int]]:
        columns = ("id", "name")
        first = bulk.insert_new(tx, table(Tag), columns, [(1, "fee"), (2, "card")], ignore="name")
        again = bulk.insert_new(tx, table(Tag), columns, [(3, "card"), (4, "loan")], ignore="name")
        return [first, again, bulk.insert_new(tx, table(Tag), columns, [], ignore="name")]

    assert await database.write(twice) == [{1, 2}, {4}, set()]
