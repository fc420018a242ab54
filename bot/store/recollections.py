"""What the watch has learnt, up to a place in the event log, and what came after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.model.columns import table
from bot.model.incident import Recollection
from bot.model.message import Message
from bot.store import bulk, driver, events
from bot.store.events import Position
from bot.store.transaction import Transaction

_RECOLLECTION, _MESSAGE = table(Recollection), table(Message)


@dataclass(frozen=True, slots=True)
class Overheard:
    """What somebody wrote to us or about us. `handle_id` is None where nobody knows who."""

    id: int
    handle_id: int | None
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Lately:
    """What came after a place in the log: `until` is the place of the last event, None when there was none."""

    until: Position | None
    oldest: events.Recorded | None
    said: tuple[Overheard, ...]


def of(tx: Transaction, name: str) -> tuple[bytes, Position] | None:
    """What was kept under this name, and up to where it reaches; None when nothing was."""
    question = select(_RECOLLECTION.c.body, _RECOLLECTION.c.xid, _RECOLLECTION.c.event_id)
    row = tx.connection.execute(question.where(_RECOLLECTION.c.name == name)).first()
    return (bytes(row.body), Position(row.xid, row.event_id)) if row else None


def keep(tx: Transaction, name: str, body: bytes, upto: Position) -> None:
    """Keep it in the place of what was kept before."""
    sign = bulk.mark(tx)
    driver.run(
        tx.connection,
        f"INSERT INTO recollection (name, xid, event_id, body, kept_at) VALUES ({', '.join([sign] * 5)})"
        " ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, event_id = excluded.event_id, body = excluded.body,"
        " kept_at = excluded.kept_at",
        (name, upto.xid, upto.id, body, bulk.time(tx, tx.now)),
    )


def lately(tx: Transaction, since: Position, limit: int) -> Lately:
    """The next events after `since`, and what people said by them."""
    found = events.after(tx, since, limit)
    said = [one.body["message"] for one in found if one.kind == "message.received"]
    return Lately(found[-1].position if found else None, found[0] if found else None, _said(tx, said))


def _said(tx: Transaction, ids: Sequence[int]) -> tuple[Overheard, ...]:
    if not ids:
        return ()
    names = tuple(Overheard.__dataclass_fields__)
    question = select(*(_MESSAGE.c[name] for name in names)).where(
        _MESSAGE.c.id.in_(ids), _MESSAGE.c.deleted_at.is_(None)
    )
    rows: dict[int, Any] = {row.id: Overheard(*row) for row in tx.connection.execute(question)}
    return tuple(rows[id_] for id_ in ids if id_ in rows)
