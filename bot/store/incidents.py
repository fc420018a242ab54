"""Incidents: found, listed, changed, and the messages that tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot import errors
from bot.model.columns import table
from bot.model.incident import AT_REST, Incident, IncidentMessage, State
from bot.model.message import Message
from bot.store import bulk, numbers
from bot.store.transaction import Transaction

_INCIDENT, _PART, _MESSAGE = table(Incident), table(IncidentMessage), table(Message)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as it stands."""

    id: int
    state: State
    severity: str
    likely_severity: str
    title: str
    reason: str
    words: tuple[str, ...]
    doubts: tuple[str, ...]
    people: int
    expected: float
    score: float
    first_message_at: datetime
    suspected_at: datetime
    found_at: datetime
    declared_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    lead_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message by which an incident was noticed. `text` is empty when its author has taken it back."""

    message_id: int
    ticket_id: int | None
    handle_id: int | None
    text: str
    language: str
    sent_at: datetime
    is_public: bool


_SHAPE = tuple(_INCIDENT.c[name] for name in IncidentRow.__dataclass_fields__)


def add(tx: Transaction, message_ids: Iterable[int], **values: Any) -> int:
    """A new incident, suspected because of these messages; its number."""
    id_ = numbers.one(tx, "incident")
    columns = ("id", "state", "severity", "title", "reason", "found_at", "version")
    fixed = (id_, State.SUSPECTED.value, "undetermined", "", "", tx.now, 1)
    bulk.insert(tx, _INCIDENT, (*columns, *values), [(*fixed, *values.values())])
    parts = [(id_, message, True) for message in dict.fromkeys(message_ids)]
    bulk.insert(tx, _PART, ("incident_id", "message_id", "is_first"), parts)
    return id_


def held(tx: Transaction, id_: int) -> IncidentRow:
    """The incident, held until the commit. Raises NotFound."""
    return _one(tx, select(*_SHAPE).where(_INCIDENT.c.id == id_).with_for_update())


def find(tx: Transaction, id_: int) -> IncidentRow:
    """Raises NotFound."""
    return _one(tx, select(*_SHAPE).where(_INCIDENT.c.id == id_))


def change(tx: Transaction, row: IncidentRow, **values: Any) -> IncidentRow:
    """Set these columns of a held incident; as it is now."""
    changed = update(_INCIDENT).where(_INCIDENT.c.id == row.id).values(**values, version=row.version + 1)
    tx.connection.execute(changed)
    return find(tx, row.id)


def latest(tx: Transaction, *, limit: int = 50, before: int | None = None) -> list[IncidentRow]:
    """Incidents, the latest first; `before` is the last number of the page before."""
    question = select(*_SHAPE).order_by(_INCIDENT.c.id.desc()).limit(limit)
    if before is not None:
        question = question.where(_INCIDENT.c.id < before)
    return [_row(row) for row in tx.connection.execute(question)]


def open_count(tx: Transaction) -> int:
    """How many are not at rest."""
    question = select(func.count()).where(_INCIDENT.c.state.not_in(sorted(AT_REST)))
    return int(tx.connection.execute(question).scalar_one())


def evidence(tx: Transaction, id_: int) -> list[Evidence]:
    """The messages by which it was noticed, in the order of their times."""
    names = ("ticket_id", "handle_id", "text", "language", "sent_at", "is_public")
    question = (
        select(_PART.c.message_id, *(_MESSAGE.c[name] for name in names), _MESSAGE.c.deleted_at)
        .join(_MESSAGE, _MESSAGE.c.id == _PART.c.message_id)
        .where(_PART.c.incident_id == id_, _PART.c.is_first)
        .order_by(_MESSAGE.c.sent_at, _MESSAGE.c.id)
    )
    return [
        Evidence(row[0], row[1], row[2], "" if row.deleted_at else row.text, *row[4:7])
        for row in tx.connection.execute(question)
    ]


def of_ticket(tx: Transaction, ticket_id: int) -> list[int]:
    """The incidents that messages of this ticket tell of."""
    question = (
        select(_PART.c.incident_id)
        .join(_MESSAGE, _MESSAGE.c.id == _PART.c.message_id)
        .where(_MESSAGE.c.ticket_id == ticket_id)
        .distinct()
    )
    return sorted(tx.connection.execute(question).scalars())


def _one(tx: Transaction, question: Any) -> IncidentRow:
    row = tx.connection.execute(question).first()
    if row is None:
        raise errors.NotFound("There is no such incident.")
    return _row(row)


def _row(row: Any) -> IncidentRow:
    values = dict(zip(IncidentRow.__dataclass_fields__, row, strict=True))
    values |= {"state": State(values["state"]), "words": tuple(values["words"]), "doubts": tuple(values["doubts"])}
    return IncidentRow(**values)
