"""Who gets a ticket: present agents of its team, those who speak its language first, then whoever has the fewest open ones.

Where nobody can take it, it stays in the team's queue. The reason is kept with the ticket, as a key of the catalogue and values.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from bot.desk import changing
from bot.model.agent import Kind, Role
from bot.model.event import SYSTEM
from bot.model.ticket import State
from bot.store import agents, channels, engagements, numbers, queue, tickets
from bot.store.agents import AgentRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

PRESENT = timedelta(minutes=2)
PATIENCE = timedelta(seconds=5)  # how long a ticket waits for what the bot decides


@dataclass(slots=True)
class Candidate:
    """A present agent, as far as the choice needs them. `open` grows while a batch is routed."""

    agent_id: int
    languages: tuple[str, ...]
    open: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Who, or nobody, and why."""

    agent_id: int | None
    reason: dict[str, Any]


def choose(language: str, candidates: Sequence[Candidate]) -> Choice:
    """Choose for a ticket in this language. Pure: the same candidates give the same choice."""
    if not candidates:
        return Choice(None, {"key": "routing.nobody"})
    able = [one for one in candidates if one.open < one.capacity]
    if not able:
        return Choice(None, {"key": "routing.full", "present": len(candidates)})
    speakers = [one for one in able if language in one.languages]
    chosen = min(speakers or able, key=lambda one: (one.open, one.agent_id))
    if speakers:
        return Choice(chosen.agent_id, {"key": "routing.language", "language": language, "open": chosen.open})
    return Choice(chosen.agent_id, {"key": "routing.load", "open": chosen.open})


def route(tx: Transaction, ticket_id: int) -> Choice | None:
    """Give an open ticket that nobody has to an agent, or leave it in the queue. None when there was nothing to decide."""
    return route_all(tx, [ticket_id]).get(ticket_id)


def route_all(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, Choice]:
    """Route tickets in this order, each knowing what those before it were given. Without those where nothing was to decide.

    Raises NotFound when one of them does not exist.
    """
    held = tickets.held_all(tx, dict.fromkeys(ticket_ids))
    waiting = [ticket for ticket in held if ticket.assignee_id is None and ticket.state == State.OPEN]
    team_of = {id_: channels.find(tx, id_).team_id for id_ in {ticket.channel_id for ticket in waiting}}
    candidates = _candidates(tx, {ticket.team_id or team_of[ticket.channel_id] for ticket in waiting})
    choices: dict[int, Choice] = {}
    routed: list[changing.Change] = []
    for ticket in waiting:
        team_id = ticket.team_id or team_of[ticket.channel_id]
        choice = choices[ticket.id] = choose(ticket.language, candidates[team_id])
        _burden(candidates[team_id], choice.agent_id)
        reason = orjson.dumps(choice.reason).decode()
        if choice.agent_id is not None or team_id != ticket.team_id or reason != ticket.routing_reason:
            values = {"assignee_id": choice.agent_id, "team_id": team_id, "routing_reason": reason}
            routed.append(changing.Change(ticket, values, {"reason": choice.reason}))
    changing.apply_all(tx, routed, "ticket.routed", SYSTEM)
    if given := [ticket_id for ticket_id, choice in choices.items() if choice.agent_id is not None]:
        engagements.take(tx, given, is_by_person=False)
    return choices


def route_or_wait(tx: Transaction, ticket_ids: Sequence[int]) -> None:
    """Route those that have come in, but for those whose message the bot has still to decide about: it has `PATIENCE` for that.

    Then they are routed as if there were no bot, whatever has become of it. Harmless twice.
    """
    waiting = engagements.to_wait_for(tx, ticket_ids)
    route_all(tx, [ticket_id for ticket_id in ticket_ids if ticket_id not in waiting])
    at = tx.now + PATIENCE
    later = [
        queue.Task("route", f"after the bot {id_} {at.timestamp():.6f}", {"ticket": id_}, at) for id_ in sorted(waiting)
    ]
    queue.put_all(tx, numbers.take(tx, "work", len(later)), later)


def route_left_alone(tx: Transaction) -> int:
    """Tickets that the bot has in its hand, and says nothing about: its time is over; how many there were."""
    left = engagements.left_alone(tx, PATIENCE)
    if left:
        route_all(tx, left)
    return len(left)


def route_waiting(tx: Transaction, limit: int = 50) -> int:
    """Try again with those that nobody could take, the longest waiting first; how many found an agent."""
    choices = route_all(tx, tickets.to_route(tx, limit))
    return sum(choice.agent_id is not None for choice in choices.values())


def reason(ticket: TicketRow) -> dict[str, Any]:
    """Why the ticket is where it is: a key and its values. Empty when a person put it there."""
    told: dict[str, Any] = orjson.loads(ticket.routing_reason) if ticket.routing_reason else {}
    return told


def _candidates(tx: Transaction, team_ids: Iterable[int | None]) -> dict[int | None, list[Candidate]]:
    """Present agents of each team, and of the whole desk for none. Held, so that two routings do not overfill one.

    Whoever belongs to several teams is one candidate in all of them.
    """
    present = {team_id: _present(tx, team_id) for team_id in team_ids}
    everyone = {agent.id: agent for members in present.values() for agent in members}
    agents.hold(tx, everyone)
    held = tickets.open_by_assignee(tx, list(everyone))
    shared = {id_: Candidate(id_, one.spoken, held[id_], one.capacity) for id_, one in everyone.items()}
    return {team_id: [shared[agent.id] for agent in members] for team_id, members in present.items()}


def _present(tx: Transaction, team_id: int | None) -> list[AgentRow]:
    if team_id is not None:
        return [agent for agent in agents.of_team(tx, team_id) if _is_present(tx, agent)]
    return [agent for agent in agents.all(tx) if agent.role == Role.AGENT and _is_present(tx, agent)]


def _burden(candidates: Iterable[Candidate], agent_id: int | None) -> None:
    for one in candidates:
        one.open += one.agent_id == agent_id


def _is_present(tx: Transaction, agent: AgentRow) -> bool:
    is_here = agent.seen_at is not None and agent.seen_at > tx.now - PRESENT
    return is_here and agent.kind == Kind.HUMAN and not agent.is_away and not agent.is_disabled
