"""How a ticket stood before an answer, and how it stands again when the answer is taken back or did not arrive."""

from datetime import datetime
from typing import Any

from bot.model import standing
from bot.model.message import Direction
from bot.model.standing import Utterance
from bot.model.ticket import State
from bot.store import outbox, reckoning
from bot.store.outbox import OutboxRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

# Whose turn it is.
TURN = ("state", "unanswered_count", "waiting_since", "snoozed_until", "resolved_at")
_STOOD = (*TURN, "assignee_id", "routing_reason")


def as_it_stands(ticket: TicketRow) -> dict[str, Any]:
    """What an answer will overwrite, as it is kept with the words in the outbox."""
    stood = {name: getattr(ticket, name) for name in _STOOD}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in stood.items()}


def without(tx: Transaction, ticket: TicketRow, row: OutboxRow) -> dict[str, Any]:
    """The columns of a ticket whose message is gone: counted from those that remain, the rest as it stood before.

    What has come since stays: another answer keeps it answered, a new question keeps it open. Where all before it was in vain,
    the contact waits as long as before that.
    """
    said, id_ = reckoning.utterances(tx, ticket.id), row.message_id or 0
    changes = _counted(ticket, said)
    if any(one.direction is Direction.OUT and one.id > id_ and not one.is_lost for one in said):
        return changes
    was = {name: _moment(name, value) for name, value in row.before.items()}
    vain = {id_: row.before} | ({} if was["state"] == State.RESOLVED else outbox.lost(tx, ticket.id))
    changes |= _unanswered(ticket, said, vain)
    if ticket.state == State.WAITING:
        changes |= {name: was[name] for name in ("state", "snoozed_until", "resolved_at")}
    if was["assignee_id"] is None and ticket.assignee_id == row.agent_id:
        changes |= {"assignee_id": None, "routing_reason": was["routing_reason"]}
    return changes


def of_arrived(tx: Transaction, ticket: TicketRow) -> dict[str, Any]:
    """How well the ticket was answered, where only what may have arrived is an answer. The same however often it is asked."""
    said = reckoning.utterances(tx, ticket.id)
    counted = _counted(ticket, said)
    changes = {name: counted[name] for name in ("first_response_at", "last_answer_at")}
    if ticket.state == State.RESOLVED:
        return changes
    return changes | _unanswered(ticket, said, outbox.lost(tx, ticket.id))


def _counted(ticket: TicketRow, said: list[Utterance]) -> dict[str, Any]:
    one = standing.of(ticket)
    standing.recount(one, said)
    return {name: getattr(one, name) for name in standing.COUNTED}


def _unanswered(ticket: TicketRow, said: list[Utterance], vain: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """What the contact waits for: what stood before the first words in vain since the last answer, and what came after."""
    last = max((one.id for one in said if one.direction is Direction.OUT and not one.is_lost), default=0)
    first = min((id_ for id_ in vain if id_ > last), default=last)
    since = [one.sent_at for one in said if one.direction is Direction.IN and one.id > first]
    if first == last:
        is_less = len(since) < ticket.unanswered_count
        return {"unanswered_count": len(since), "waiting_since": min(since, default=None)} if is_less else {}
    was = vain[first]
    waiting_since = _moment("waiting_since", was["waiting_since"]) or min(since, default=None)
    return {"unanswered_count": was["unanswered_count"] + len(since), "waiting_since": waiting_since}


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "_since", "_until")) else value
