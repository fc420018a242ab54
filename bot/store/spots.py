"""Where an answer to a ticket would go, as its network sees it."""

import orjson
from sqlalchemy import select

from bot import wire
from bot.model.columns import table
from bot.model.conversation import Conversation
from bot.model.message import Direction, Message
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

_MESSAGE, _CONVERSATION = table(Message), table(Conversation)


def of(tx: Transaction, ticket: TicketRow) -> wire.Spot:
    """The ticket's conversation, and the contact's newest message in it that still stands."""
    named = select(_CONVERSATION.c.external_id).where(_CONVERSATION.c.id == ticket.conversation_id)
    said = select(_MESSAGE.c.external_id, _MESSAGE.c.sent_at, _MESSAGE.c.traits).where(
        _MESSAGE.c.ticket_id == ticket.id, _MESSAGE.c.direction == Direction.IN, _MESSAGE.c.deleted_at.is_(None)
    )
    newest = tx.connection.execute(said.order_by(_MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc()).limit(1)).first()
    spot = wire.Spot(tx.connection.execute(named).scalar_one(), ticket.is_public, tx.now)
    if newest is None:
        return spot
    traits = orjson.loads(newest.traits) if newest.traits else {}
    return wire.Spot(spot.conversation_id, spot.is_public, spot.at, newest.external_id or "", newest.sent_at, traits)
