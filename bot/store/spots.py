"""Where an answer to a ticket would go, as its network sees it, and whom it would reach."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, func, select

from bot import wire
from bot.model.columns import table
from bot.model.contact import Handle
from bot.model.conversation import Conversation
from bot.model.message import Direction, Message
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

_MESSAGE, _CONVERSATION, _HANDLE = table(Message), table(Conversation), table(Handle)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The conversation in which the ticket is answered now, the same as a connector is asked about it, and who is answered."""

    conversation_id: int
    spot: wire.Spot
    name: str = ""


def whereabouts(tx: Transaction, ticket: TicketRow) -> Whereabouts:
    """The conversation of the newest message that still stands, whoever wrote it, and that message; else the ticket's own."""
    found = _newest(tx, ticket)
    if found is not None:
        return found
    named = select(_CONVERSATION.c.external_id).where(_CONVERSATION.c.id == ticket.conversation_id)
    own = tx.connection.execute(named).scalar_one()
    return Whereabouts(ticket.conversation_id, wire.Spot(own, ticket.is_public, tx.now), ticket.contact_name)


def meant(tx: Transaction, ticket: TicketRow) -> Whereabouts | None:
    """The newest public message of the ticket's own contact that still stands: a message in private goes to its author.

    In a public thread others speak too; what is for the contact alone never goes to them. None when nothing of theirs stands.
    """
    return _newest(tx, ticket, _MESSAGE.c.is_public, _HANDLE.c.contact_id == ticket.contact_id)


def is_public(tx: Transaction, conversation_id: int) -> bool:
    """Whether everybody reads this conversation."""
    return bool(
        tx.connection.execute(select(_CONVERSATION.c.is_public).where(_CONVERSATION.c.id == conversation_id)).scalar()
    )


def holds_several(tx: Transaction, ticket: TicketRow) -> bool:
    """Whether words of the ticket stand in another conversation than its own."""
    others = select(_MESSAGE.c.id).where(
        _MESSAGE.c.ticket_id == ticket.id, _MESSAGE.c.conversation_id != ticket.conversation_id
    )
    return tx.connection.execute(others.limit(1)).first() is not None


def _newest(tx: Transaction, ticket: TicketRow, *which: ColumnElement[bool]) -> Whereabouts | None:
    shown = (_MESSAGE.c[name] for name in ("conversation_id", "is_public", "external_id", "sent_at", "traits"))
    name = func.coalesce(func.nullif(_HANDLE.c.name, ""), _HANDLE.c.username, "").label("author")
    said = (
        select(_CONVERSATION.c.external_id.label("conversation"), *shown, name)
        .join(_CONVERSATION, _CONVERSATION.c.id == _MESSAGE.c.conversation_id)
        .outerjoin(_HANDLE, _HANDLE.c.id == _MESSAGE.c.handle_id)
        .where(_MESSAGE.c.ticket_id == ticket.id, _MESSAGE.c.direction == Direction.IN, _MESSAGE.c.deleted_at.is_(None))
        .where(*which)
    )
    newest = tx.connection.execute(said.order_by(_MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc()).limit(1)).first()
    if newest is None:
        return None
    return Whereabouts(newest.conversation_id, about(tx, newest), newest.author or ticket.contact_name)


def about(tx: Transaction, message: Any) -> wire.Spot:
    """The spot of one message; its row also names the `conversation` as the network does."""
    traits = orjson.loads(message.traits) if message.traits else {}
    return wire.Spot(
        message.conversation, message.is_public, tx.now, message.external_id or "", message.sent_at, traits
    )
