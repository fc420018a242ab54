"""What was done with a ticket, as lines between the messages of its conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, text

from bot.model.agent import Agent
from bot.model.columns import table
from bot.model.contact import Contact
from bot.model.event import NOT_A_MESSAGE, ActorKind, Event
from bot.model.team import Team
from bot.store.transaction import Transaction

# What of a ticket's events is worth a line between the messages.
TURNS = (
    "ticket.opened", "ticket.reopened", "ticket.resolved", "ticket.snoozed", "ticket.woke", "ticket.prioritised",
    "ticket.assigned", "ticket.handed_to_team", "ticket.routed", "ticket.tagged", "ticket.untagged",
    "ticket.moved_to_private", "ticket.joined", "ticket.handed_over", "ticket.given_back",
)  # fmt: skip

_OURS = (ActorKind.AGENT, ActorKind.BOT)
_EVENT, _AGENT, _CONTACT, _TEAM = table(Event), table(Agent), table(Contact), table(Team)


@dataclass(frozen=True, slots=True)
class TurnItem:
    """Something was done with the ticket. `agent_name` and `team_name` have it since, `body` holds before and after.

    `is_taken` says that an agent gave it to themselves.
    """

    id: int
    at: datetime
    event: str
    actor_kind: str
    by_name: str
    agent_name: str
    team_name: str
    body: Mapping[str, Any]
    is_taken: bool = False
    kind: Literal["turn"] = "turn"


def of_ticket(tx: Transaction, ticket_id: int, since: datetime | None, until: datetime | None) -> list[TurnItem]:
    """The turns of a ticket from one time to another, in their order."""
    bounds = [*([_EVENT.c.at >= since] if since else []), *([_EVENT.c.at < until] if until else [])]
    told = select(_EVENT.c.id, _EVENT.c.at, _EVENT.c.kind, _EVENT.c.actor_kind, _EVENT.c.actor_id, _EVENT.c.body)
    question = told.where(_EVENT.c.ticket_id == ticket_id, text(NOT_A_MESSAGE), _EVENT.c.kind.in_(TURNS), *bounds)
    return _named(tx, tx.connection.execute(question.order_by(_EVENT.c.id)).all())


def _named(tx: Transaction, found: Sequence[Any]) -> list[TurnItem]:
    after: list[Mapping[str, Any]] = [row.body.get("after", {}) for row in found]
    agents = _names(
        tx,
        _AGENT,
        {row.actor_id for row in found if row.actor_kind in _OURS} | _named_by(after, "assignee_id"),
    )
    contacts = _names(tx, _CONTACT, {row.actor_id for row in found if row.actor_kind == ActorKind.CONTACT})
    teams = _names(tx, _TEAM, _named_by(after, "team_id"))
    by = {ActorKind.AGENT.value: agents, ActorKind.BOT.value: agents, ActorKind.CONTACT.value: contacts}
    return [
        TurnItem(
            id=row.id,
            at=row.at,
            event=row.kind,
            actor_kind=row.actor_kind,
            by_name=by.get(row.actor_kind, {}).get(row.actor_id, ""),
            agent_name=agents.get(then.get("assignee_id") or 0, ""),
            team_name=teams.get(then.get("team_id") or 0, ""),
            body=row.body,
            is_taken=row.actor_kind == ActorKind.AGENT and row.actor_id == then.get("assignee_id"),
        )
        for row, then in zip(found, after, strict=True)
    ]


def _named_by(after: Sequence[Mapping[str, Any]], key: str) -> set[int]:
    return {then[key] for then in after if then.get(key)}


def _names(tx: Transaction, of: Any, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {
        row.id: row.name for row in tx.connection.execute(select(of.c.id, of.c.name).where(of.c.id.in_(sorted(ids))))
    }
