"""A page of the queue is an index range, whatever the size of the table."""

import re

import pytest
import sqlalchemy
from sqlalchemy import event

from bot import errors
from bot.store import agents, engines, tickets, views
from bot.store.database import Database
from bot.store.rows import Place
from bot.store.transaction import Transaction
from tests import world
from tests.conftest import OPENING
from tests.world import Bank


def plans(tx: Transaction, view: views.View, viewer: agents.AgentRow) -> list[str]:
    """How the database will find each statement of a page."""
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        asked.append((statement, parameters))

    event.listen(tx.connection, "before_cursor_execute", note)
    try:
        tickets.page(tx, view, viewer=viewer, after=Place(OPENING, 10**6, is_waiting=view.is_longest))
    finally:
        event.remove(tx.connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if tx.dialect == "sqlite" else "EXPLAIN (COSTS OFF) "
    if tx.dialect == "postgresql":
        tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [
        "\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain + one, given))
        for one, given in asked
        if "FROM ticket" in one
    ]


PLAIN = [(name, "") for name in ("mine", "unassigned", "open", "waiting", "snoozed", "resolved", "team:1")]
BY_WAITING = [(name, "longest") for name in ("mine", "unassigned", "open", "team:1")]


@pytest.mark.parametrize(("name", "sort"), PLAIN + BY_WAITING)
@pytest.mark.parametrize("who", ["sofia", "amina"])
def test_no_page_reads_or_sorts_the_whole_table(database_url: str, name: str, sort: str, who: str) -> None:
    """Each range comes from its index already in order, for whoever looks; only the ends of several ranges are merged."""
    engine = engines.writing(sqlalchemy.make_url(database_url))
    dialect = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
    with engine.begin() as connection:
        tx = Transaction(connection, dialect, OPENING)
        bank = world.open_bank(tx)
        viewer = agents.find(tx, getattr(bank, who))
        view = views.named(name, sort=sort)
        found = plans(tx, view, viewer)
        parts = views.ranges(view, viewer)
    engine.dispose()

    assert found
    for ranged in found[: 2 if sort else 1]:
        assert not re.search(r"SCAN ticket(?! USING)|Seq Scan on ticket", ranged), ranged
        sorts = len(re.findall(r"TEMP B-TREE FOR ORDER BY|Sort Key", ranged))
        assert sorts <= (2 if len(parts) > 1 else 0), ranged
    assert ("ticket_waiting" in found[0]) is bool(sort)


async def test_rows_come_in_the_order_asked_and_only_those_that_are(database: Database, bank: Bank) -> None:
    """Asking for several tickets keeps the order and leaves out what does not exist."""
    first, second = [await database.write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("A", "B")]

    found = await database.read(lambda tx: tickets.rows(tx, [second, 999, first]))

    assert [row.id for row in found] == [second, first]
    assert (found[0].channel_title, found[0].network, found[0].branch, found[0].team_name) == (
        "Telegram Nord",
        "telegram",
        "Nord",
        "Nord",
    )
    assert await database.read(lambda tx: tickets.row(tx, 999)) is None
    with pytest.raises(errors.NotFound):
        await database.read(lambda tx: tickets.find(tx, 999))
