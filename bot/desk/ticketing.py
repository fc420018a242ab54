"""The turns of a ticket: resolve, reopen, snooze, wake, prioritise."""

from datetime import datetime, timedelta

from bot import errors
from bot.desk import changing, restoring
from bot.model.event import SYSTEM, Actor
from bot.model.ticket import Priority, State
from bot.store import tickets
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

LONGEST_SNOOZE = timedelta(days=366)


def resolve(tx: Transaction, ticket_id: int, *, by: Actor, seen_version: int | None = None) -> TicketRow:
    """The work is done. Raises Conflict when it was already."""
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if ticket.state == State.RESOLVED:
        raise errors.Conflict("This ticket is resolved already.")
    done = {
        "state": State.RESOLVED,
        "resolved_at": tx.now,
        "snoozed_until": None,
        "unanswered_count": 0,
        "waiting_since": None,
    }
    return changing.apply(tx, ticket, "ticket.resolved", by, done)


def reopen(tx: Transaction, ticket_id: int, *, by: Actor, seen_version: int | None = None) -> TicketRow:
    """There is more to do. Raises Conflict when the conversation goes on in another ticket."""
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if ticket.state != State.RESOLVED:
        raise errors.Conflict("This ticket is not resolved.")
    only_one(tx, ticket)
    return changing.apply(tx, ticket, "ticket.reopened", by, {"state": State.OPEN, "resolved_at": None})


def snooze(
    tx: Transaction, ticket_id: int, until: datetime, *, by: Actor, seen_version: int | None = None
) -> TicketRow:
    """Put it off. It wakes at that time, or when the contact writes."""
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if ticket.state == State.RESOLVED:
        raise errors.Conflict("This ticket is resolved: reopen it first.")
    if until <= tx.now:
        raise errors.Invalid("A ticket can only be snoozed until a time to come.", field="until")
    if until > tx.now + LONGEST_SNOOZE:
        raise errors.Invalid("A ticket can be snoozed for a year at the most.", field="until")
    return changing.apply(tx, ticket, "ticket.snoozed", by, {"state": State.SNOOZED, "snoozed_until": until})


def wake(tx: Transaction, ticket_id: int, *, by: Actor, seen_version: int | None = None) -> TicketRow:
    """It is our turn now, not later. Raises Conflict when it does not sleep."""
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if ticket.state != State.SNOOZED:
        raise errors.Conflict("This ticket is not snoozed.")
    return _woken(tx, ticket, by)


def wake_due(tx: Transaction, limit: int = 100) -> int:
    """Wake those whose time has come; how many."""
    count = 0
    for ticket_id in tickets.to_wake(tx, limit):
        ticket = tickets.held(tx, ticket_id)
        if ticket.state == State.SNOOZED and ticket.snoozed_until and ticket.snoozed_until <= tx.now:
            _woken(tx, ticket, SYSTEM)
            count += 1
    return count


def prioritise(
    tx: Transaction, ticket_id: int, priority: str, *, by: Actor, seen_version: int | None = None
) -> TicketRow:
    """Say how urgent it is. The same again changes nothing."""
    if priority not in set(Priority):
        raise errors.Invalid("There is no such priority.", field="priority")
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if ticket.priority == priority:
        return ticket
    return changing.apply(tx, ticket, "ticket.prioritised", by, {"priority": priority})


def call_back(tx: Transaction, ticket_id: int, *, by: Actor = SYSTEM) -> TicketRow:
    """Our words did not arrive: the contact is unanswered again, and somebody must see it. Only what waits reopens."""
    ticket = changing.hold(tx, ticket_id, by)
    unanswered = restoring.of_arrived(tx, ticket)
    if ticket.state == State.WAITING:
        return changing.apply(tx, ticket, "ticket.reopened", by, {**unanswered, "state": State.OPEN}, reason="delivery")
    if all(getattr(ticket, name) == value for name, value in unanswered.items()):
        return ticket
    return changing.apply(tx, ticket, "ticket.recounted", by, unanswered, reason="delivery")


def only_one(tx: Transaction, ticket: TicketRow) -> None:
    """Raises Conflict when a resolved ticket's conversation goes on in another one."""
    other = tickets.unresolved_of(tx, ticket.conversation_id)
    if other not in (None, ticket.id):
        raise errors.Conflict(f"This conversation goes on in ticket {other}.")


def _woken(tx: Transaction, ticket: TicketRow, by: Actor) -> TicketRow:
    return changing.apply(tx, ticket, "ticket.woke", by, {"state": State.OPEN, "snoozed_until": None})
