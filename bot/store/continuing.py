"""A conversation that goes on in another one: what the contact answers there belongs to the same ticket."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot import wire
from bot.model.columns import table
from bot.model.conversation import Conversation
from bot.model.event import SYSTEM
from bot.model.message import Message
from bot.model.ticket import State, Ticket
from bot.store import bulk, counters, events, numbers, replies, tickets
from bot.store.outbox import OutboxRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

_CONVERSATION, _MESSAGE, _TICKET = table(Conversation), table(Message), table(Ticket)


def follow(tx: Transaction, row: OutboxRow, receipt: wire.Receipt) -> None:
    """Our words went into another conversation than they were meant for: they stand there now, and it continues their ticket's.

    A ticket that the contact has opened there meanwhile is joined to theirs. As in ingest, tickets are held first.
    """
    if not receipt.conversation_id:
        return
    there = _conversation(tx, row, receipt)
    if there == row.conversation_id:
        return
    ticket, *_ = tickets.held_all(tx, [row.ticket_id, *_unresolved(tx, there)])
    tx.connection.execute(update(_MESSAGE).where(_MESSAGE.c.id == row.message_id).values(conversation_id=there))
    replies.newest(tx, row.conversation_id)
    if there == ticket.conversation_id:
        return
    link = update(_CONVERSATION).where(_CONVERSATION.c.id == there)
    tx.connection.execute(link.values(continues_id=ticket.conversation_id))
    # Looked at again: whoever opened a ticket there meanwhile held the conversation, and the link has waited for the commit.
    for other in _unresolved(tx, there):
        if tickets.unresolved_of(tx, ticket.conversation_id) in {None, ticket.id}:
            _join(tx, *tickets.held_all(tx, [ticket.id, other]))


def _unresolved(tx: Transaction, conversation_id: int) -> list[int]:
    """The unresolved ticket of this very conversation, if it has one."""
    own = select(_TICKET.c.id).where(_TICKET.c.conversation_id == conversation_id, _TICKET.c.state != State.RESOLVED)
    return list(tx.connection.execute(own).scalars())


def _conversation(tx: Transaction, row: OutboxRow, receipt: wire.Receipt) -> int:
    """The conversation of this name, found or made; the constraint decides who was first."""
    columns = ("id", "channel_id", "external_id", "is_public", "permalink", "created_at", "last_message_at")
    fresh = (numbers.one(tx, "conversation"), row.channel_id, receipt.conversation_id, False, "", tx.now, tx.now)
    bulk.insert_new(tx, _CONVERSATION, columns, [fresh], ignore="channel_id, external_id")
    named = select(_CONVERSATION.c.id).where(
        _CONVERSATION.c.channel_id == row.channel_id, _CONVERSATION.c.external_id == receipt.conversation_id
    )
    return int(tx.connection.execute(named).scalar_one())


def _join(tx: Transaction, ticket: TicketRow, other: TicketRow) -> None:
    """One ticket holds both: what was said in the other is said in this one, and the other is done."""
    moved = update(_MESSAGE).where(_MESSAGE.c.ticket_id == other.id)
    tx.connection.execute(moved.values(ticket_id=ticket.id))
    ticket = tickets.change(tx, ticket.id, message_count=ticket.message_count + other.message_count)
    done = {
        "message_count": 0,
        "state": State.RESOLVED,
        "resolved_at": tx.now,
        "unanswered_count": 0,
        "waiting_since": None,
    }
    _change(tx, other, "ticket.joined", {**done, "snoozed_until": None}, into=ticket.id)
    if other.unanswered_count:
        since = [one for one in (ticket.waiting_since, other.waiting_since) if one is not None]
        _change(tx, ticket, "ticket.reopened", _waiting(ticket, other, min(since, default=None)), reason="joined")


def _waiting(ticket: TicketRow, other: TicketRow, since: datetime | None) -> dict[str, Any]:
    count = ticket.unanswered_count + other.unanswered_count
    back = {"state": State.OPEN, "resolved_at": None, "snoozed_until": None}
    return {**back, "unanswered_count": count, "waiting_since": since}


def _change(tx: Transaction, before: TicketRow, kind: str, values: dict[str, Any], **body: Any) -> None:
    after = tickets.change(tx, before.id, **values)
    if counters.key(after) != counters.key(before):
        counters.move(tx, before, after)
    states = {"before": {"state": before.state}, "after": {"state": after.state}}
    place = {"ticket_id": after.id, "channel_id": after.channel_id, "conversation_id": after.conversation_id}
    events.record(tx, kind, by=SYSTEM, **place, body={**states, **body})
