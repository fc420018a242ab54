"""The chain over the event log, as rows: one link per event, without gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.model.columns import table
from bot.model.event import Seal
from bot.store import bulk, driver, events
from bot.store.events import Position, Recorded
from bot.store.transaction import Transaction

CURSOR = "sealer"
_COLUMNS = ("number", "event_id", "hash", "sealed_at")


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its place in the chain, the event it covers (None when that is gone), and its hash."""

    number: int
    event_id: int
    hash: str
    event: Recorded | None


def head(tx: Transaction) -> tuple[int, str]:
    """The last link's number and hash; (0, "") before the first."""
    row = driver.first(tx.connection, "SELECT number, hash FROM seal ORDER BY number DESC LIMIT 1")
    return (int(row[0]), str(row[1])) if row else (0, "")


def unsealed(tx: Transaction, limit: int) -> list[Recorded]:
    """The next events that no link covers yet."""
    sign = bulk.mark(tx)
    row = driver.first(tx.connection, f"SELECT xid, event_id FROM cursor WHERE name = {sign}", (CURSOR,))
    return events.after(tx, Position(row[0], row[1]) if row else Position(), limit)


def add(tx: Transaction, links: Sequence[tuple[int, int, str]], upto: Position) -> None:
    """Add (number, event, hash) links, and note how far the log is covered."""
    bulk.insert(tx, table(Seal), _COLUMNS, [(*link, tx.now) for link in links])
    sign = bulk.mark(tx)
    driver.run(
        tx.connection,
        f"INSERT INTO cursor (name, xid, event_id) VALUES ({sign}, {sign}, {sign})"
        " ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, event_id = excluded.event_id",
        (CURSOR, upto.xid, upto.id),
    )


def chain(tx: Transaction, step: int = 1_000) -> Iterator[Link]:
    """The whole chain in its order, read in steps."""
    sign, last = bulk.mark(tx), 0
    while rows := _links(tx, sign, last, step):
        covered = {one.position.id: one for one in events.by_ids(tx, [row[1] for row in rows])}
        for number, event_id, hash_ in rows:
            yield Link(number, event_id, hash_, covered.get(event_id))
        last = rows[-1][0]


def uncovered(tx: Transaction) -> int:
    """Events that lie before the sealer's place and yet have no link: slipped in later. 0 in an honest log."""
    reached = "(xid, id) <= (SELECT xid::text::xid8, event_id FROM cursor WHERE name = %s)"
    if tx.dialect == "sqlite":
        reached = "id <= (SELECT event_id FROM cursor WHERE name = ?)"
    found = tx.connection.exec_driver_sql(
        f"SELECT count(*) FROM event WHERE {reached} AND NOT EXISTS (SELECT 1 FROM seal WHERE event_id = event.id)",
        (CURSOR,),
    )
    return int(found.scalar_one())


def _links(tx: Transaction, sign: str, last: int, step: int) -> list[tuple[Any, ...]]:
    found = tx.connection.exec_driver_sql(
        f"SELECT number, event_id, hash FROM seal WHERE number > {sign} ORDER BY number LIMIT {sign}", (last, step)
    )
    return [tuple(row) for row in found]
