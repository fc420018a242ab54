"""Suggestions: the replies that were offered for a message, and what agents made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.model.columns import table
from bot.model.engagement import Fate, Suggestion
from bot.store import bulk, numbers
from bot.store.transaction import Transaction

_SUGGESTION = table(Suggestion)


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A reply that was offered, and why. `place` 1 is the likeliest."""

    id: int
    ticket_id: int
    message_id: int
    canned_reply_id: int
    intent: str
    language: str
    place: int
    why: dict[str, Any]
    fate: str
    agent_id: int | None
    offered_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A reply about to be offered."""

    canned_reply_id: int
    intent: str
    language: str
    why: dict[str, Any]


_COLUMNS = (
    "id",
    "ticket_id",
    "message_id",
    "canned_reply_id",
    "intent",
    "language",
    "place",
    "why",
    "fate",
    "offered_at",
)
_SHAPE = tuple(_SUGGESTION.c[name] for name in SuggestionRow.__dataclass_fields__)


def offer(tx: Transaction, ticket_id: int, message_id: int, offers: Sequence[Offer]) -> None:
    """Offer these replies for a message, the likeliest first. What was offered for earlier ones and is still open goes."""
    drop_open(tx, ticket_id)
    ids = numbers.take(tx, "suggestion", len(offers))
    rows = [
        (id_, ticket_id, message_id, one.canned_reply_id, one.intent, one.language, place, one.why, Fate.OPEN.value, tx.now)
        for place, (id_, one) in enumerate(zip(ids, offers, strict=True), start=1)
    ]  # fmt: skip
    bulk.insert(tx, _SUGGESTION, _COLUMNS, rows)


def drop_open(tx: Transaction, ticket_id: int) -> None:
    """Nobody has looked at these in time: the contact has gone on, or was answered otherwise. They count for nobody."""
    open_ones = (
        _SUGGESTION.c.ticket_id == ticket_id,
        _SUGGESTION.c.fate == Fate.OPEN,
        _SUGGESTION.c.settled_at.is_(None),
    )
    tx.connection.execute(update(_SUGGESTION).where(*open_ones).values(settled_at=tx.now))


def open_for(tx: Transaction, ticket_id: int) -> list[SuggestionRow]:
    """What is offered in a ticket now, the likeliest first."""
    question = select(*_SHAPE).where(
        _SUGGESTION.c.ticket_id == ticket_id, _SUGGESTION.c.fate == Fate.OPEN, _SUGGESTION.c.settled_at.is_(None)
    )
    return [SuggestionRow(*row) for row in tx.connection.execute(question.order_by(_SUGGESTION.c.place))]


def settle(tx: Transaction, id_: int, ticket_id: int, fate: Fate, agent_id: int | None) -> bool:
    """Say what became of a suggestion of a ticket, once. False when that was said before."""
    mine = update(_SUGGESTION).where(
        _SUGGESTION.c.id == id_, _SUGGESTION.c.ticket_id == ticket_id, _SUGGESTION.c.fate == Fate.OPEN
    )
    return tx.connection.execute(mine.values(fate=fate, agent_id=agent_id, settled_at=tx.now)).rowcount == 1


def counts(tx: Transaction) -> dict[int, dict[str, int]]:
    """How often each canned reply was used, edited and dismissed as a suggestion; "" is how often it was offered besides."""
    question = select(_SUGGESTION.c.canned_reply_id, _SUGGESTION.c.fate, func.count()).group_by(
        _SUGGESTION.c.canned_reply_id, _SUGGESTION.c.fate
    )
    found: dict[int, dict[str, int]] = {}
    for reply_id, fate, count in tx.connection.execute(question):
        found.setdefault(reply_id, {})[fate] = count
    return found
