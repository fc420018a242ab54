"""What every verb on a ticket does: hold it, see whether this actor may, change it, count it anew, and record the fact."""

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot import errors
from bot.model.event import Actor, ActorKind
from bot.store import agents, counters, events, tickets, views
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

# What an event tells as before and after. A contact's words and name are not among them.
TOLD = ("state", "priority", "assignee_id", "team_id", "snoozed_until", "tags", "unanswered_count", "last_message_id")


def hold(tx: Transaction, ticket_id: int, by: Actor, seen_version: int | None = None) -> TicketRow:
    """The ticket, held until the commit. Raises NotFound where this agent may not see it, Conflict where they saw an older."""
    ticket = tickets.held(tx, ticket_id)
    if by.kind is ActorKind.AGENT:
        agent = agents.find(tx, by.id)
        if agent.is_disabled:
            raise errors.NotAllowed("This account is closed.")
        if not views.can_see(ticket, agent):
            raise errors.NotFound("There is no such ticket.")
    if seen_version is not None and ticket.version != seen_version:
        raise errors.Conflict("This ticket has changed since you looked.")
    return ticket


def apply(
    tx: Transaction, ticket: TicketRow, kind: str, by: Actor, changes: Mapping[str, Any], **body: Any
) -> TicketRow:
    """Set these columns, keep the counters exact, and record one event with before and after; the ticket as it is now."""
    after = tickets.change(tx, ticket.id, **changes)
    if counters.key(after) != counters.key(ticket):
        counters.move(tx, ticket, after)
    record(tx, after, kind, by, **_told(ticket, after), **body)
    return after


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a held ticket, and what its event tells besides before and after."""

    ticket: TicketRow
    values: Mapping[str, Any]
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])


def apply_all(tx: Transaction, changes: Sequence[Change], kind: str, by: Actor) -> None:
    """The same as `apply` for many tickets at once. All changes set the same columns, and no name that a list shows."""
    tickets.change_all(tx, [(change.ticket, change.values) for change in changes])
    deltas: Tally[counters.Key] = Tally()
    facts: list[events.Fact] = []
    for change in changes:
        before, after = change.ticket, replace(change.ticket, **change.values)
        deltas[counters.key(before)] -= 1
        deltas[counters.key(after)] += 1
        body = {**_told(before, after), **change.body}
        facts.append(events.Fact(kind, by, after.channel_id, after.conversation_id, after.id, body))
    counters.change(tx, deltas)
    events.record_all(tx, facts)


def record(tx: Transaction, ticket: TicketRow, kind: str, by: Actor, **body: Any) -> int:
    """One event about a ticket; its number."""
    return events.record(
        tx,
        kind,
        by=by,
        ticket_id=ticket.id,
        channel_id=ticket.channel_id,
        conversation_id=ticket.conversation_id,
        body=body,
    )


def agent_of(by: Actor) -> int | None:
    """The number of the agent who acts, whether a person or the bot; None for the system and for contacts."""
    return by.id if by.kind in {ActorKind.AGENT, ActorKind.BOT} and by.id else None


def _told(before: TicketRow, after: TicketRow) -> dict[str, dict[str, Any]]:
    changed = [name for name in TOLD if getattr(before, name) != getattr(after, name)]
    return {
        "before": {name: _plain(getattr(before, name)) for name in changed},
        "after": {name: _plain(getattr(after, name)) for name in changed},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
