"""What a verb can rely on while its transaction lasts."""

import contextlib

from bot.store import tags
from bot.store.database import Database
from bot.store.transaction import Transaction


async def test_what_fails_behind_a_savepoint_is_undone_alone(database: Database) -> None:
    """What stands before, after and around it is kept, also where savepoints lie within one another."""

    def verb(tx: Transaction) -> None:
        tags.make(tx, "before")
        with contextlib.suppress(ZeroDivisionError), tx.savepoint():
            tags.make(tx, "undone")
            with tx.savepoint():
                tags.make(tx, "undone with it")
            _ = 1 / 0
        with tx.savepoint():
            tags.make(tx, "around")
            with contextlib.suppress(ZeroDivisionError), tx.savepoint():
                tags.make(tx, "within")
                _ = 1 / 0
        tags.make(tx, "after")

    await database.write(verb)

    assert [tag.name for tag in await database.read(tags.all)] == ["after", "around", "before"]
