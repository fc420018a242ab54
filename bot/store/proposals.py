"""Messages from which the bot could learn: corrected by an agent, or solved by people where it knew nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from bot.model.columns import table
from bot.model.engagement import Course, Decision
from bot.model.intent import ExampleRefusal, IntentExample
from bot.model.message import Message
from bot.model.ticket import State, Ticket
from bot.model.understanding import Correction, Subject, Understanding
from bot.store import bulk
from bot.store.transaction import Transaction

_MESSAGE, _TICKET, _CORRECTION, _DECISION = table(Message), table(Ticket), table(Correction), table(Decision)
_UNDERSTANDING, _EXAMPLE, _REFUSAL = table(Understanding), table(IntentExample), table(ExampleRefusal)

UNSURE = "hand_over"  # what an understanding says whose model only guessed


@dataclass(frozen=True, slots=True)
class Proposal:
    """A message, and what an agent said that it was about; `said` is what the bot had made of it."""

    message_id: int
    ticket_id: int | None
    language: str
    text: str
    said: str
    meant: str


def corrections(tx: Transaction, languages: Sequence[str], limit: int) -> list[Proposal]:
    """What agents corrected and nobody has judged yet, the latest first."""
    is_named = and_(_CORRECTION.c.subject == Subject.INTENT, _CORRECTION.c.meant != "")
    question = _open(languages, _CORRECTION.c.said, _CORRECTION.c.meant).join(
        _CORRECTION, _CORRECTION.c.message_id == _MESSAGE.c.id
    )
    found = question.where(is_named).order_by(_CORRECTION.c.corrected_at.desc(), _MESSAGE.c.id.desc()).limit(limit)
    return [Proposal(*row) for row in tx.connection.execute(found)]


def solved(tx: Transaction, languages: Sequence[str], since: datetime, limit: int) -> list[Proposal]:
    """What people solved since then where the bot had only guessed, and nobody has judged, the latest first."""
    question = (
        _open(languages, _UNDERSTANDING.c.intent, _UNDERSTANDING.c.intent)
        .join(_UNDERSTANDING, _UNDERSTANDING.c.message_id == _MESSAGE.c.id)
        .join(_DECISION, _DECISION.c.message_id == _MESSAGE.c.id)
        .join(_TICKET, _TICKET.c.id == _MESSAGE.c.ticket_id)
        .outerjoin(
            _CORRECTION, and_(_CORRECTION.c.message_id == _MESSAGE.c.id, _CORRECTION.c.subject == Subject.INTENT)
        )
        .where(
            _UNDERSTANDING.c.sureness == UNSURE,
            _UNDERSTANDING.c.dangers == "",
            _DECISION.c.course.in_((Course.HAND_OVER, Course.SUGGEST)),
            _TICKET.c.state == State.RESOLVED,
            _CORRECTION.c.id.is_(None),
            _MESSAGE.c.received_at >= since,
        )
        .order_by(_MESSAGE.c.id.desc())
        .limit(limit)
    )
    return [Proposal(*row) for row in tx.connection.execute(question)]


def refuse(tx: Transaction, message_ids: Sequence[int], agent_id: int | None) -> None:
    """They are not proposed again; harmless twice."""
    rows = [(id_, agent_id, tx.now) for id_ in message_ids]
    bulk.insert(tx, _REFUSAL, ("message_id", "agent_id", "refused_at"), rows, ignore="message_id")


def _open(languages: Sequence[str], *columns: Any) -> Select[Any]:
    """Messages that are there, in these languages, and are neither examples nor refused."""
    shape = (_MESSAGE.c.id, _MESSAGE.c.ticket_id, _MESSAGE.c.language, _MESSAGE.c.text, *columns)
    taken = select(_EXAMPLE.c.message_id).where(_EXAMPLE.c.message_id.is_not(None))
    return select(*shape).where(
        _MESSAGE.c.deleted_at.is_(None),
        _MESSAGE.c.text != "",
        _MESSAGE.c.language.in_(languages),
        _MESSAGE.c.id.not_in(taken),
        _MESSAGE.c.id.not_in(select(_REFUSAL.c.message_id)),
    )
