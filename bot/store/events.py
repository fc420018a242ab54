"""The log of facts. A verb records its event, and with it the work that must follow, in its own transaction.

Readers follow by cursor. On PostgreSQL ids commit out of order, so the order is (transaction, id) and a reader takes only what
lies below the snapshot's horizon: nothing older can appear later. SQLite has one writer: there row order is commit order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from bot.model.columns import table
from bot.model.event import SYSTEM, Actor, ActorKind, Event
from bot.store import bulk, driver, numbers, queue
from bot.store.numbers import Drawn
from bot.store.transaction import Transaction

_EVENT = table(Event)
_COLUMNS = (
    "id", "kind", "at", "actor_kind", "actor_id", "channel_id", "conversation_id", "ticket_id", "body",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """An event about to be recorded. `body` names rows by number and carries before and after; never a contact's words."""

    kind: str
    by: Actor = SYSTEM
    channel_id: int | None = None
    conversation_id: int | None = None
    ticket_id: int | None = None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log. As text it is what a live window sends back to resume."""

    xid: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.xid}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """The position written in `text`, or None when it is none."""
        xid, dot, number = text.partition(".")
        if (
            dot
            and xid.isascii()
            and number.isascii()
            and xid.isdigit()
            and number.isdigit()
            and max(len(xid), len(number)) <= 18
        ):
            return cls(int(xid), int(number))
        return None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log."""

    position: Position
    kind: str
    at: datetime
    by: Actor
    channel_id: int | None
    conversation_id: int | None
    ticket_id: int | None
    body: dict[str, Any]


def record(
    tx: Transaction,
    kind: str,
    *,
    by: Actor,
    ticket_id: int | None = None,
    channel_id: int | None = None,
    conversation_id: int | None = None,
    body: dict[str, Any] | None = None,
) -> int:
    """Record one fact; its number."""
    return record_all(tx, [Fact(kind, by, channel_id, conversation_id, ticket_id, body or {})])[0]


def wanted(tx: Transaction, kinds: Iterable[str]) -> dict[str, int]:
    """How many numbers facts of these kinds need, by noun."""
    told = list(kinds)
    return {"event": len(told), "work": sum(len(tx.follow.get(kind, ())) for kind in told)}


def record_all(tx: Transaction, facts: Sequence[Fact], drawn: Drawn | None = None) -> list[int]:
    """Record facts in their order, and queue what must follow each; under numbers that were drawn for them, or fresh ones."""
    if not facts:
        return []
    tx.is_news = True
    needed = wanted(tx, (fact.kind for fact in facts))
    fresh = numbers.draw(tx, **needed) if drawn is None else drawn
    ids, work_ids = ([next(fresh[noun]) for _ in range(count)] for noun, count in needed.items())
    rows = [
        (
            id_,
            fact.kind,
            tx.now,
            fact.by.kind.value,
            fact.by.id,
            fact.channel_id,
            fact.conversation_id,
            fact.ticket_id,
            fact.body,
        )
        for id_, fact in zip(ids, facts, strict=True)
    ]
    bulk.insert(tx, _EVENT, _COLUMNS, rows)
    tasks = [
        queue.Task(
            kind, f"{id_}", {"event": id_, "ticket": fact.ticket_id, "channel": fact.channel_id, **fact.body}, tx.now
        )
        for id_, fact in zip(ids, facts, strict=True)
        for kind in tx.follow.get(fact.kind, ())
    ]
    queue.put_all(tx, work_ids, tasks)
    return ids


def after(tx: Transaction, position: Position, limit: int = 500) -> list[Recorded]:
    """The next events after `position`, in order, none of which can still be overtaken."""
    since = (position.xid, position.id) if tx.dialect == "postgresql" else (position.id,)
    found = driver.ask(tx.connection, _AFTER[tx.dialect], (*since, limit))
    return [_recorded(tx, row) for row in found]


def end(tx: Transaction) -> Position:
    """The place after the last event that can be read now."""
    row = driver.first(tx.connection, _END[tx.dialect])
    return Position(int(row[0]), int(row[1])) if row else Position()


def by_ids(tx: Transaction, ids: Sequence[int]) -> list[Recorded]:
    """These events, as far as they are there."""
    condition, wanted = bulk.among(tx, "id", ids)
    found = tx.connection.exec_driver_sql(f"SELECT {_SHAPE[tx.dialect]} FROM event WHERE {condition}", (wanted,))
    return [_recorded(tx, row) for row in found]


def latest(tx: Transaction, *, before: int | None = None, noun: str = "", limit: int = 50) -> list[Recorded]:
    """The last events, the latest first; `before` is the last number of the page before, `noun` the first word of their kind."""
    sign = bulk.mark(tx)
    conditions: list[str] = []
    values: list[Any] = []
    if before is not None:
        conditions, values = [f"id < {sign}"], [before]
    if noun:
        # Words of one kind lie between "noun." and "noun/": no pattern is needed, and none can be smuggled in.
        conditions += [f"kind >= {sign}", f"kind < {sign}"]
        values += [f"{noun}.", f"{noun}/"]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    found = tx.connection.exec_driver_sql(
        f"SELECT {_SHAPE[tx.dialect]} FROM event{where} ORDER BY id DESC LIMIT {sign}", (*values, limit)
    )
    return [_recorded(tx, row) for row in found]


def lag(tx: Transaction) -> int:
    """How many transactions the horizon is held back by the oldest one that is still open. 0 on SQLite."""
    if tx.dialect == "sqlite":
        return 0
    held = tx.connection.exec_driver_sql(
        "SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    )
    return int(held.scalar_one())


_SHAPE = {
    "sqlite": "xid, id, kind, at, actor_kind, actor_id, channel_id, conversation_id, ticket_id, body",
    "postgresql": "xid::text::bigint, id, kind, at, actor_kind, actor_id, channel_id, conversation_id, ticket_id, body",
}
_AFTER = {
    "sqlite": f"SELECT {_SHAPE['sqlite']} FROM event WHERE id > ? ORDER BY id LIMIT ?",
    "postgresql": (
        f"SELECT {_SHAPE['postgresql']} FROM event WHERE (xid, id) > (%s::text::xid8, %s)"
        " AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY event.xid, id LIMIT %s"
    ),
}
_END = {
    "sqlite": "SELECT 0, id FROM event ORDER BY id DESC LIMIT 1",
    "postgresql": (
        "SELECT xid::text::bigint, id FROM event WHERE xid < pg_snapshot_xmin(pg_current_snapshot())"
        " ORDER BY event.xid DESC, id DESC LIMIT 1"
    ),
}


def _recorded(tx: Transaction, row: Any) -> Recorded:
    xid, id_, kind, at, actor_kind, actor_id, channel_id, conversation_id, ticket_id, body = row
    return Recorded(
        Position(xid, id_),
        kind,
        bulk.moment(at),
        Actor(ActorKind(actor_kind), actor_id),
        channel_id,
        conversation_id,
        ticket_id,
        orjson.loads(body) if tx.dialect == "sqlite" else body,
    )
