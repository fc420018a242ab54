"""In whose hand tickets are, where a bot is at work; what was decided about their messages; and which words may still leave."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from bot.model.agent import Agent, Kind
from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.engagement import Course, Decision, Engagement, Hand
from bot.model.incident import Incident
from bot.model.incident import State as Stage
from bot.model.message import Direction, Message
from bot.model.outbox import Outbox
from bot.model.ticket import State, Ticket
from bot.store import bulk, driver
from bot.store.transaction import Transaction

_ENGAGEMENT, _DECISION, _TICKET, _CHANNEL = table(Engagement), table(Decision), table(Ticket), table(Channel)
_OUTBOX, _AGENT, _MESSAGE, _INCIDENT = table(Outbox), table(Agent), table(Message), table(Incident)
_UNDER_WAY = (Stage.INVESTIGATING, Stage.IDENTIFIED, Stage.MONITORING, Stage.REOPENED)


@dataclass(frozen=True, slots=True)
class EngagementRow:
    """A ticket as the bot has it, or a person. `asks` names the intent whose question waits for an answer."""

    ticket_id: int
    hand: str
    taken_at: datetime | None
    handed_over_at: datetime | None
    reason: str
    has_introduced: bool
    has_excused: bool
    asks: str
    parting_id: int | None

    @property
    def is_bots(self) -> bool:
        return self.hand == Hand.BOT


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided about a message, and why."""

    message_id: int
    ticket_id: int
    course: str
    reason: str
    intent: str
    outbox_id: int | None
    decided_at: datetime


_SHAPE = tuple(_ENGAGEMENT.c[name] for name in EngagementRow.__dataclass_fields__)
_DECIDED = tuple(_DECISION.c[name] for name in DecisionRow.__dataclass_fields__)


def find(tx: Transaction, ticket_id: int) -> EngagementRow | None:
    """In whose hand the ticket is; None where no bot has met it."""
    row = tx.connection.execute(select(*_SHAPE).where(_ENGAGEMENT.c.ticket_id == ticket_id)).first()
    return EngagementRow(*row) if row else None


def save(tx: Transaction, ticket_id: int, **values: Any) -> EngagementRow:
    """Set what is given of a ticket's row, which is made if there is none."""
    if (
        tx.connection.execute(update(_ENGAGEMENT).where(_ENGAGEMENT.c.ticket_id == ticket_id).values(**values)).rowcount
        == 0
    ):
        tx.connection.execute(insert(_ENGAGEMENT).values(Engagement(ticket_id=ticket_id, **values).model_dump()))
    found = find(tx, ticket_id)
    assert found is not None
    return found


def take(tx: Transaction, ticket_ids: Iterable[int], *, is_by_person: bool) -> None:
    """These tickets are in a person's hand now, where a bot is at work; nothing changes where they were.

    `is_by_person`: somebody acted, and not the desk for them. Then none of the bot's words leave any more.
    """
    among, listed = bulk.among(tx, "ticket.id", ticket_ids)
    sign, now = bulk.mark(tx), bulk.time(tx, tx.now)
    moment = f"CAST({sign} AS TIMESTAMPTZ)" if tx.dialect == "postgresql" else sign
    taken = moment if is_by_person else "NULL"
    driver.run(
        tx.connection,
        "INSERT INTO engagement (ticket_id, hand, taken_at, handed_over_at, reason, has_introduced, has_excused, asks)"
        f" SELECT ticket.id, 'person', {taken}, {moment}, 'taken', {_false(tx)}, {_false(tx)}, '' FROM ticket"
        f" JOIN channel ON channel.id = ticket.channel_id WHERE channel.has_bot AND {among}"
        " ON CONFLICT (ticket_id) DO UPDATE SET hand = 'person', asks = '',"
        " taken_at = coalesce(engagement.taken_at, excluded.taken_at),"
        " handed_over_at = coalesce(engagement.handed_over_at, excluded.handed_over_at),"
        " reason = CASE WHEN engagement.hand = 'person' THEN engagement.reason ELSE 'taken' END",
        (*([now] if is_by_person else []), now, listed),
    )


def _false(tx: Transaction) -> str:
    return "FALSE" if tx.dialect == "postgresql" else "0"


def decide(tx: Transaction, decision: DecisionRow) -> None:
    """Keep what was decided about a message. A later one, as after a handing back, stands in its place."""
    values = {name: getattr(decision, name) for name in DecisionRow.__dataclass_fields__}
    known = update(_DECISION).where(_DECISION.c.message_id == decision.message_id).values(**values)
    if tx.connection.execute(known).rowcount == 0:
        tx.connection.execute(insert(_DECISION).values(**values))


def decided(tx: Transaction, message_id: int) -> DecisionRow | None:
    """What was decided about a message."""
    row = tx.connection.execute(select(*_DECIDED).where(_DECISION.c.message_id == message_id)).first()
    return DecisionRow(*row) if row else None


def decisions(tx: Transaction, ticket_id: int) -> list[DecisionRow]:
    """What was decided in a ticket, in the order of its messages."""
    found = select(*_DECIDED).where(_DECISION.c.ticket_id == ticket_id).order_by(_DECISION.c.message_id)
    return [DecisionRow(*row) for row in tx.connection.execute(found)]


def spoken(tx: Transaction, ticket_id: int, since: datetime) -> int:
    """How often the bot has spoken in a ticket since then."""
    found = select(func.count()).where(
        _DECISION.c.ticket_id == ticket_id, _DECISION.c.outbox_id.is_not(None), _DECISION.c.decided_at >= since
    )
    return int(tx.connection.execute(found).scalar_one())


def repeats(tx: Transaction, conversation_id: int, message_id: int, text: str, since: datetime) -> int:
    """How often the very same was said to us in a conversation since then, before this message."""
    same = select(func.count()).where(
        _MESSAGE.c.conversation_id == conversation_id, _MESSAGE.c.direction == Direction.IN, _MESSAGE.c.sent_at >= since,
        _MESSAGE.c.id != message_id, _MESSAGE.c.text == text,
    )  # fmt: skip
    return int(tx.connection.execute(same).scalar_one())


def to_wait_for(tx: Transaction, ticket_ids: Collection[int]) -> set[int]:
    """Of these tickets those of which the bot has still to say what becomes of them: they are not in a person's hand, and
    nothing was decided about their newest message.
    """
    question = (
        select(_TICKET.c.id)
        .join(_CHANNEL, _CHANNEL.c.id == _TICKET.c.channel_id)
        .outerjoin(_ENGAGEMENT, _ENGAGEMENT.c.ticket_id == _TICKET.c.id)
        .outerjoin(_DECISION, _DECISION.c.message_id == _TICKET.c.last_message_id)
        .where(_TICKET.c.id.in_(sorted(ticket_ids)), _CHANNEL.c.has_bot, _TICKET.c.assignee_id.is_(None))
        .where(or_(_ENGAGEMENT.c.hand.is_(None), _ENGAGEMENT.c.hand == Hand.BOT), _DECISION.c.message_id.is_(None))
    )
    return set(tx.connection.execute(question).scalars())


def left_alone(tx: Transaction, after: timedelta, limit: int = 50) -> list[int]:
    """Tickets in the bot's hand whose contact has waited so long, and about whose newest message nothing was decided."""
    question = (
        select(_TICKET.c.id)
        .join(_ENGAGEMENT, _ENGAGEMENT.c.ticket_id == _TICKET.c.id)
        .outerjoin(_DECISION, _DECISION.c.message_id == _TICKET.c.last_message_id)
        .join(_MESSAGE, _MESSAGE.c.id == _TICKET.c.last_message_id)
        .where(_ENGAGEMENT.c.hand == Hand.BOT, _TICKET.c.state == State.OPEN, _TICKET.c.assignee_id.is_(None))
        .where(_DECISION.c.message_id.is_(None), _MESSAGE.c.received_at <= tx.now - after)
    )
    return list(tx.connection.execute(question.order_by(_TICKET.c.id).limit(limit)).scalars())


def withheld(tx: Transaction, outbox_ids: Sequence[int]) -> list[int]:
    """Of these words those of the bot's that may not leave any more: a person has taken the ticket, or it was handed over.

    The tickets' rows are held until the commit, so that nobody takes over between this question and the sending.
    """
    if not outbox_ids:
        return []
    question = (
        select(_OUTBOX.c.id, _ENGAGEMENT.c.hand, _ENGAGEMENT.c.taken_at, _ENGAGEMENT.c.parting_id)
        .join(_AGENT, _AGENT.c.id == _OUTBOX.c.agent_id)
        .join(_ENGAGEMENT, _ENGAGEMENT.c.ticket_id == _OUTBOX.c.ticket_id)
        .where(_OUTBOX.c.id.in_(list(outbox_ids)), _AGENT.c.kind == Kind.BOT)
        .with_for_update(read=True, of=_ENGAGEMENT)
    )
    found = tx.connection.execute(question.order_by(_ENGAGEMENT.c.ticket_id)).all()
    return [
        row.id for row in found if row.taken_at is not None or (row.hand == Hand.PERSON and row.parting_id != row.id)
    ]


def has_incident(tx: Transaction) -> bool:
    """Whether people have declared an incident that is not over; what the watch only suspects is none."""
    return (
        tx.connection.execute(select(_INCIDENT.c.id).where(_INCIDENT.c.state.in_(_UNDER_WAY)).limit(1)).first()
        is not None
    )


def told_courses(tx: Transaction, since: datetime) -> dict[str, int]:
    """How many messages were decided which way since then."""
    question = (
        select(_DECISION.c.course, func.count()).where(_DECISION.c.decided_at >= since).group_by(_DECISION.c.course)
    )
    return dict.fromkeys([course.value for course in Course], 0) | {
        row[0]: row[1] for row in tx.connection.execute(question)
    }
