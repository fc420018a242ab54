"""What agents do with messages besides answering: a row of the outbox asks for it, the message keeps what the network did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.model import standing
from bot.model.agent import Agent
from bot.model.columns import table
from bot.model.message import Message
from bot.model.outbox import Delivery, Outbox
from bot.store import messages
from bot.store.outbox import OutboxRow
from bot.store.transaction import Transaction

_MESSAGE, _OUTBOX, _AGENT = table(Message), table(Outbox), table(Agent)
_MARKS = {"hide": "hidden_at", "unhide": "hidden_at", "like": "liked_at", "unlike": "liked_at"}
_OPEN = (Delivery.PENDING, Delivery.SENDING, Delivery.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class DeedRow:
    """The last deed on a message, who asked for it, and what became of it."""

    id: int
    message_id: int
    act: str
    state: str
    reason: str
    at: datetime
    agent_name: str
    needs_decision: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, or being done."""
        return self.state in _OPEN and not self.needs_decision


@dataclass(frozen=True, slots=True)
class Subject:
    """The message with which something is to be done."""

    id: int
    conversation_id: int
    direction: str
    external_id: str | None
    is_public: bool
    deleted_at: datetime | None
    hidden_at: datetime | None
    liked_at: datetime | None


def subject(tx: Transaction, ticket_id: int, message_id: int) -> Subject | None:
    """A message of a ticket."""
    shown = (_MESSAGE.c[name] for name in Subject.__dataclass_fields__)
    row = tx.connection.execute(
        select(*shown).where(_MESSAGE.c.id == message_id, _MESSAGE.c.ticket_id == ticket_id)
    ).first()
    return Subject(*row) if row else None


def last(tx: Transaction, ticket_id: int) -> Mapping[int, DeedRow]:
    """The last deed on each message of a ticket, by the message's number."""
    question = (
        select(
            _OUTBOX.c.id,
            _OUTBOX.c.message_id,
            _OUTBOX.c.act,
            _OUTBOX.c.state,
            _OUTBOX.c.reason,
            _OUTBOX.c.created_at,
            _AGENT.c.name,
            (_OUTBOX.c.state == Delivery.UNCERTAIN) & _OUTBOX.c.finished_at.is_not(None),
        )
        .join(_AGENT, _AGENT.c.id == _OUTBOX.c.agent_id)
        .where(_OUTBOX.c.ticket_id == ticket_id, _OUTBOX.c.act != "")
        .order_by(_OUTBOX.c.id)
    )
    return {row.message_id: DeedRow(*row) for row in tx.connection.execute(question)}


def settle(tx: Transaction, row: OutboxRow) -> None:
    """The network has done it: so it is here."""
    assert row.message_id is not None  # a deed is done with a message
    if row.act in _MARKS:
        since = None if row.act.startswith("un") else tx.now
        marked = update(_MESSAGE).where(_MESSAGE.c.id == row.message_id)
        tx.connection.execute(marked.values({_MARKS[row.act]: since}))
        return
    said = messages.by_external_id(tx, row.channel_id, row.in_reply_to)
    if said is None or said.deleted_at is not None:
        return
    if row.act == "delete":
        messages.blank(tx, said)
    elif said.text != row.text:
        messages.add_revision(tx, said, said.version, said.text)
        messages.reword(tx, said, row.text, said.version, is_masked=False)
    messages.touch_ticket(tx, said, standing.preview("" if row.act == "delete" else row.text))
