"""How a ticket stood before an answer, and how it stands again when the answer is taken back or did not arrive."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from bot.desk import standing
from bot.desk.standing import Standing, Utterance
from bot.model.message import Direction
from bot.model.ticket import State
from bot.store import intake, outbox
from bot.store.outbox import OutboxRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

_STOOD = (
    "state", "unanswered_count", "waiting_since", "snoozed_until", "resolved_at", "assignee_id", "routing_reason",
)  # fmt: skip
_COUNTED = (
    "last_message_at", "last_message_id", "preview", "last_direction", "message_count", "first_message_at", "last_answer_at",
    "first_response_at",
)  # fmt: skip


def as_it_stands(ticket: TicketRow) -> dict[str, Any]:
    """What an answer will overwrite, as it is kept with the words in the outbox."""
    stood = {name: getattr(ticket, name) for name in _STOOD}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in stood.items()}


def without(tx: Transaction, ticket: TicketRow, row: OutboxRow) -> dict[str, Any]:
    """The columns of a ticket whose message is gone: counted from those that remain, the rest as it stood before.

    What has come since stays: another answer keeps it answered, a new question keeps it open.
    """
    said = [Utterance(id_, Direction(way), at, text) for id_, way, at, text in intake.utterances(tx, ticket.id)]
    counted = Standing(
        **{one.name: getattr(ticket, one.name) for one in fields(Standing) if one.name != "is_disordered"}
    )
    standing.recount(counted, said)
    changes: dict[str, Any] = {name: getattr(counted, name) for name in _COUNTED}
    if any(one.direction is Direction.OUT and one.id > (row.message_id or 0) for one in said):
        return changes
    was = {name: _moment(name, value) for name, value in row.before.items()}
    changes["unanswered_count"] = was["unanswered_count"] + ticket.unanswered_count
    changes["waiting_since"] = was["waiting_since"] or ticket.waiting_since
    if ticket.state == State.WAITING:
        changes |= {name: was[name] for name in ("state", "snoozed_until", "resolved_at")}
    if was["assignee_id"] is None and ticket.assignee_id == row.agent_id:
        changes |= {"assignee_id": None, "routing_reason": was["routing_reason"]}
    return changes


def of_arrived(tx: Transaction, ticket: TicketRow) -> dict[str, Any]:
    """How well the ticket was answered, where only what may have arrived is an answer. The same however often it is asked."""
    lost = outbox.lost(tx, ticket.id)
    said = [Utterance(id_, Direction(way), at, text) for id_, way, at, text in intake.utterances(tx, ticket.id)]
    asked = [one for one in said if one.direction is Direction.IN]
    answers = [one for one in said if one.direction is Direction.OUT and one.id not in lost]
    begin = min((one.sent_at for one in asked), default=None)
    changes: dict[str, Any] = {
        "first_response_at": min((one.sent_at for one in answers if begin and one.sent_at >= begin), default=None),
        "last_answer_at": max((one.sent_at for one in answers), default=None),
    }
    if ticket.state == State.RESOLVED:
        return changes
    last = max((one.id for one in answers), default=0)
    return changes | _unanswered(ticket, asked, last, {id_: was for id_, was in lost.items() if id_ > last})


def _unanswered(
    ticket: TicketRow, asked: list[Utterance], last: int, vain: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    """What the contact waits for: what stood before the first words in vain since the last answer, and what came after."""
    first = min(vain, default=last)
    since = [one.sent_at for one in asked if one.id > first]
    if not vain:
        is_less = len(since) < ticket.unanswered_count
        return {"unanswered_count": len(since), "waiting_since": min(since, default=None)} if is_less else {}
    was = vain[first]
    waiting_since = _moment("waiting_since", was["waiting_since"]) or min(since, default=None)
    return {"unanswered_count": was["unanswered_count"] + len(since), "waiting_since": waiting_since}


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "_since", "_until")) else value
