"""Where an answer to a ticket would go, as its network sees it: to where the contact last wrote."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from bot import wire
from bot.model.columns import table
from bot.model.conversation import Conversation
from bot.model.message import Direction, Message
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

_MESSAGE, _CONVERSATION = table(Message), table(Conversation)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The conversation in which the ticket is answered now, and the same as a connector is asked about it."""

    conversation_id: int
    spot: wire.Spot


def whereabouts(tx: Transaction, ticket: TicketRow) -> Whereabouts:
    """The conversation of the contact's newest message that still stands, and that message; else the ticket's own."""
    shown = (_MESSAGE.c[name] for name in ("conversation_id", "is_public", "external_id", "sent_at", "traits"))
    said = (
        select(_CONVERSATION.c.external_id.label("conversation"), *shown)
        .join(_CONVERSATION, _CONVERSATION.c.id == _MESSAGE.c.conversation_id)
        .where(_MESSAGE.c.ticket_id == ticket.id, _MESSAGE.c.direction == Direction.IN, _MESSAGE.c.deleted_at.is_(None))
    )
    newest = tx.connection.execute(said.order_by(_MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc()).limit(1)).first()
    if newest is not None:
        return Whereabouts(newest.conversation_id, about(tx, newest))
    named = select(_CONVERSATION.c.external_id).where(_CONVERSATION.c.id == ticket.conversation_id)
    own = tx.connection.execute(named).scalar_one()
    return Whereabouts(ticket.conversation_id, wire.Spot(own, ticket.is_public, tx.now))


def about(tx: Transaction, message: Any) -> wire.Spot:
    """The spot of one message; its row also names the `conversation` as the network does."""
    traits = orjson.loads(message.traits) if message.traits else {}
    return wire.Spot(
        message.conversation, message.is_public, tx.now, message.external_id or "", message.sent_at, traits
    )
