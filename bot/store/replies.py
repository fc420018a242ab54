"""Our own words among the messages, before the network has them: put, taken back, and what was said meanwhile."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bot.model.agent import Agent
from bot.model.columns import table
from bot.model.contact import Handle
from bot.model.conversation import Conversation
from bot.model.message import Direction, Message
from bot.store import numbers
from bot.store.transaction import Transaction

_MESSAGE, _HANDLE, _AGENT, _CONVERSATION = table(Message), table(Handle), table(Agent), table(Conversation)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message that somebody else put into the ticket, and whose it is."""

    id: int
    direction: str
    name: str


def add(tx: Transaction, **values: Any) -> int:
    """A message of ours that has no receipt yet; its number. It is the newest of its conversation."""
    id_ = numbers.one(tx, "message")
    ours = {"id": id_, "direction": Direction.OUT, "sent_at": tx.now, "received_at": tx.now, "is_masked": False}
    empty = {"in_reply_to": "", "permalink": "", "version": ""}
    tx.connection.execute(insert(_MESSAGE).values({**empty, **ours, **values}))
    newest(tx, values["conversation_id"])
    return id_


def leaves_by(tx: Transaction, message_id: int, outbox_id: int) -> None:
    """Say which row of the outbox carries these words."""
    tx.connection.execute(update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(outbox_id=outbox_id))


def remove(tx: Transaction, message_id: int, conversation_id: int) -> None:
    """The words were taken back: nothing of them stays in the conversation."""
    tx.connection.execute(delete(_MESSAGE).where(_MESSAGE.c.id == message_id))
    newest(tx, conversation_id)


def newest(tx: Transaction, conversation_id: int) -> None:
    """Let the conversation name its newest message."""
    question = select(_MESSAGE.c.id, _MESSAGE.c.sent_at).where(_MESSAGE.c.conversation_id == conversation_id)
    row = tx.connection.execute(question.order_by(_MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc()).limit(1)).first()
    if row is not None:
        named = update(_CONVERSATION).where(_CONVERSATION.c.id == conversation_id)
        tx.connection.execute(named.values(last_message_id=row.id, last_message_at=row.sent_at))


def since(tx: Transaction, ticket_id: int, seen_message_id: int, agent_id: int | None) -> list[Spoken]:
    """What came into the ticket after this message, from the contact or from another agent."""
    question = (
        select(
            _MESSAGE.c.id,
            _MESSAGE.c.direction,
            func.coalesce(_AGENT.c.name, func.nullif(_HANDLE.c.name, ""), _HANDLE.c.username, ""),
        )
        .outerjoin(_HANDLE, _HANDLE.c.id == _MESSAGE.c.handle_id)
        .outerjoin(_AGENT, _AGENT.c.id == _MESSAGE.c.agent_id)
        .where(_MESSAGE.c.ticket_id == ticket_id, _MESSAGE.c.id > seen_message_id)
        .where(func.coalesce(_MESSAGE.c.agent_id, 0) != (agent_id or -1))
        .order_by(_MESSAGE.c.id)
    )
    return [Spoken(*row) for row in tx.connection.execute(question)]
