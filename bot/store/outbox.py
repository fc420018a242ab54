"""The outbox: words that are to leave, and what became of them. How they leave stands in `deliveries`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot import errors
from bot.model.columns import table
from bot.model.outbox import LOST, Delivery, Outbox
from bot.store import numbers
from bot.store.transaction import Transaction

_OUTBOX = table(Outbox)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Words that are to leave, or have left."""

    id: int
    key: str
    channel_id: int
    conversation_id: int
    ticket_id: int
    message_id: int | None
    agent_id: int | None
    text: str
    is_public: bool
    in_reply_to: str
    state: str
    reason: str
    before: dict[str, Any]
    attempts: int
    created_at: datetime
    due_at: datetime
    lease_until: datetime | None
    lease_token: str
    finished_at: datetime | None
    act: str
    after_id: int | None


SHAPE = tuple(_OUTBOX.c[name] for name in OutboxRow.__dataclass_fields__)


def find(tx: Transaction, id_: int) -> OutboxRow:
    """Raises NotFound."""
    row = tx.connection.execute(select(*SHAPE).where(_OUTBOX.c.id == id_)).first()
    if row is None:
        raise errors.NotFound("There are no such words in the outbox.")
    return row_of(row)


def by_key(tx: Transaction, key: str) -> OutboxRow | None:
    """The words that were written under this key."""
    row = tx.connection.execute(select(*SHAPE).where(_OUTBOX.c.key == key)).first()
    return row_of(row) if row else None


def add(tx: Transaction, **values: Any) -> int:
    """New words, pending; their number. The key's constraint decides who was first."""
    id_ = numbers.one(tx, "outbox")
    defaults = {"state": Delivery.PENDING, "reason": "", "attempts": 0, "lease_token": "", "created_at": tx.now}
    tx.connection.execute(insert(_OUTBOX).values({"id": id_, **defaults, **values}))
    return id_


def cancel(tx: Transaction, id_: int) -> bool:
    """Take words back that nobody has claimed. False when they are on their way, or were; this very statement decides."""
    free = update(_OUTBOX).where(_OUTBOX.c.id == id_, _OUTBOX.c.state == Delivery.PENDING)
    done = tx.connection.execute(
        free.values(state=Delivery.CANCELLED, message_id=None, text="", lease_token="", finished_at=tx.now)
    )
    return done.rowcount == 1


def again(tx: Transaction, id_: int, states: Collection[Delivery]) -> bool:
    """Make words pending again, and due now. False when they are in none of these states, or still being looked for."""
    stopped = update(_OUTBOX).where(
        _OUTBOX.c.id == id_, _OUTBOX.c.state.in_(states), _OUTBOX.c.finished_at.is_not(None)
    )
    fresh = {
        "state": Delivery.PENDING,
        "reason": "",
        "attempts": 0,
        "due_at": tx.now,
        "finished_at": None,
        "lease_token": "",
    }
    return tx.connection.execute(stopped.values(**fresh, lease_until=None)).rowcount == 1


def lost(tx: Transaction, ticket_id: int) -> dict[int, dict[str, Any]]:
    """The ticket's messages that surely did not arrive, oldest first, each with how the ticket stood before it."""
    question = select(_OUTBOX.c.message_id, _OUTBOX.c.before).where(
        _OUTBOX.c.ticket_id == ticket_id,
        _OUTBOX.c.state.in_(sorted(LOST)),
        _OUTBOX.c.message_id.is_not(None),
        _OUTBOX.c.act == "",
    )
    return {row[0]: row[1] for row in tx.connection.execute(question.order_by(_OUTBOX.c.message_id))}


def followers(tx: Transaction, id_: int) -> list[OutboxRow]:
    """What does not leave before this row has, and still waits for it."""
    first = select(_OUTBOX.c.conversation_id).where(_OUTBOX.c.id == id_).scalar_subquery()
    waiting = select(*SHAPE).where(
        _OUTBOX.c.conversation_id == first, _OUTBOX.c.after_id == id_, _OUTBOX.c.state == Delivery.PENDING
    )
    return [row_of(row) for row in tx.connection.execute(waiting.order_by(_OUTBOX.c.id))]


def unfinished(tx: Transaction) -> dict[str, int]:
    """How many words are pending, sending and uncertain."""
    states = (Delivery.PENDING, Delivery.SENDING, Delivery.UNCERTAIN)
    question = select(_OUTBOX.c.state, func.count()).where(_OUTBOX.c.state.in_(states)).group_by(_OUTBOX.c.state)
    found = tx.connection.execute(question).all()
    return dict.fromkeys([state.value for state in states], 0) | {row[0]: row[1] for row in found}


def row_of(row: Any) -> OutboxRow:
    """A row as the columns of `SHAPE` gave it."""
    return OutboxRow(*row)
