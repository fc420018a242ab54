"""Verbs on incidents: suspected by the watch, then judged and followed by people, in an order that is kept."""

from datetime import UTC, datetime
from typing import Any

from bot import errors
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.model.incident import DECLARED, NEXT, Severity, State
from bot.store import agents, events, incidents
from bot.store.incidents import IncidentRow
from bot.store.transaction import Transaction
from bot.watch.spikes import Spike

LONGEST_TITLE, LONGEST_REASON = 200, 1000
_STAMPS = {State.RESOLVED: "resolved_at", State.CLOSED: "closed_at"}


def suspect(tx: Transaction, spike: Spike) -> int:
    """Write down what the watch found, as it was found; its number. Nobody is told but whoever looks after incidents."""
    values: dict[str, Any] = {
        "likely_severity": spike.severity,
        "words": list(spike.words),
        "doubts": list(spike.doubts),
        "people": spike.people,
        "expected": spike.expected,
        "score": spike.score,
        "first_message_at": _time(spike.first_message_at),
        "suspected_at": _time(spike.suspected_at),
    }
    id_ = incidents.add(tx, (int(message) for message in spike.messages), **values)
    events.record(tx, "incident.suspected", by=SYSTEM, body={"incident": id_, "people": spike.people})
    return id_


def dismiss(tx: Transaction, id_: int, reason: str, *, by: Actor, seen_version: int) -> IncidentRow:
    """It is none, and why: a false alarm, known already, planned work. Raises as `become` does; Invalid without a reason."""
    if not reason.strip():
        raise errors.Invalid("Say why it is none.", field="reason")
    return become(tx, id_, State.DISMISSED, by=by, seen_version=seen_version, reason=reason)


def declare(tx: Transaction, id_: int, title: str, severity: Severity, *, by: Actor, seen_version: int) -> IncidentRow:
    """It is one. Whoever declares it leads it until somebody else does. Raises as `become` does; Invalid without a title."""
    words = title.strip()
    if not words or len(words) > LONGEST_TITLE:
        raise errors.Invalid(f"A title says in 1 to {LONGEST_TITLE} characters what does not work.", field="title")
    row = _held(tx, id_, State.INVESTIGATING, by, seen_version)
    changes = {"title": words, "severity": severity.value, "lead_id": by.id, "declared_at": tx.now}
    return _become(tx, row, State.INVESTIGATING, by, "", changes)


def judge(tx: Transaction, id_: int, severity: Severity, *, by: Actor, seen_version: int) -> IncidentRow:
    """Its harm is another than was thought. Raises NotFound, NotAllowed, Conflict."""
    row = _seen(tx, id_, by, seen_version)
    after = incidents.change(tx, row, severity=severity.value)
    _record(tx, "incident.judged", after, by, before=row.severity, after=severity.value)
    return after


def become(tx: Transaction, id_: int, state: State, *, by: Actor, seen_version: int, reason: str = "") -> IncidentRow:
    """Take it on to another state. Raises NotFound, NotAllowed, Conflict when it changed meanwhile, Invalid out of order."""
    if state is State.INVESTIGATING and incidents.find(tx, id_).declared_at is None:
        raise errors.Invalid("Declare it first: with a title, and how bad it is.", field="state")
    row = _held(tx, id_, state, by, seen_version)
    return _become(tx, row, state, by, reason.strip()[:LONGEST_REASON], {})


def _become(
    tx: Transaction, row: IncidentRow, state: State, by: Actor, reason: str, changes: dict[str, Any]
) -> IncidentRow:
    stamp = _STAMPS.get(state)
    values = {"state": state.value, "reason": reason, **changes, **({stamp: tx.now} if stamp else {})}
    after = incidents.change(tx, row, **values)
    kind = (
        "incident.declared"
        if state is State.INVESTIGATING and row.state not in DECLARED
        else f"incident.{_PAST[state]}"
    )
    _record(tx, kind, after, by, before=row.state.value, after=state.value)
    return after


_PAST = {
    State.DISMISSED: "dismissed",
    State.WATCHING: "watched",
    State.INVESTIGATING: "taken_up_again",
    State.IDENTIFIED: "identified",
    State.MONITORING: "mended",
    State.RESOLVED: "resolved",
    State.REVIEW: "review_begun",
    State.CLOSED: "closed",
    State.PAUSED: "paused",
    State.REOPENED: "reopened",
}


def _held(tx: Transaction, id_: int, state: State, by: Actor, seen_version: int) -> IncidentRow:
    row = _seen(tx, id_, by, seen_version)
    if state not in NEXT[row.state]:
        raise errors.Invalid(f"What is {row.state.value} cannot become {state.value}.", field="state")
    return row


def _seen(tx: Transaction, id_: int, by: Actor, seen_version: int) -> IncidentRow:
    row = incidents.held(tx, id_)
    if by.kind is not ActorKind.AGENT or not agents.find(tx, by.id).sees_all:
        raise errors.NotAllowed("Supervisors and admins look after incidents.")
    if row.version != seen_version:
        raise errors.Conflict("This incident has changed since you looked.")
    return row


def _record(tx: Transaction, kind: str, row: IncidentRow, by: Actor, **body: str) -> None:
    events.record(tx, kind, by=by, body={"incident": row.id, **body})


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
