"""Who has a ticket, when a person decides it. For the choice that the desk makes by itself see `routing`."""

from collections.abc import Iterable

from bot import errors
from bot.desk import changing
from bot.model.agent import Kind
from bot.model.event import SYSTEM, Actor
from bot.model.ticket import State
from bot.store import agents, engagements, teams, tickets
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

LEFT = '{"key":"routing.left"}'  # why it is with nobody, as `routing.reason` reads it


def assign(
    tx: Transaction, ticket_id: int, agent_id: int | None, *, by: Actor, seen_version: int | None = None
) -> TicketRow:
    """Give it to an agent, or to nobody. Whoever has it may see it, whatever its team. The same again changes nothing."""
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if agent_id is not None and not _can_have(tx, agent_id):
        raise errors.Invalid("This agent's account is closed.", field="agent")
    if ticket.assignee_id == agent_id:
        return ticket
    if agent_id is not None:
        engagements.take(tx, [ticket.id], is_by_person=True)
    return changing.apply(tx, ticket, "ticket.assigned", by, {"assignee_id": agent_id, "routing_reason": ""})


def _can_have(tx: Transaction, agent_id: int) -> bool:
    """Whether tickets may be given to this agent. The bot is given none: they are given back to it."""
    agent = agents.find(tx, agent_id)
    return agent.kind == Kind.HUMAN and not agent.is_disabled


def release(tx: Transaction, agent_ids: Iterable[int]) -> None:
    """What agents had who have left goes back to their teams' queues, where routing finds it. Harmless twice."""
    for agent_id in agent_ids:
        if agents.find(tx, agent_id).is_disabled:
            held = tickets.held_all(tx, tickets.unresolved_with(tx, agent_id))
            left = [ticket for ticket in held if ticket.assignee_id == agent_id and ticket.state != State.RESOLVED]
            freed = {"assignee_id": None, "routing_reason": LEFT}
            changing.apply_all(tx, [changing.Change(ticket, freed) for ticket in left], "ticket.assigned", SYSTEM)


def hand_to_team(
    tx: Transaction, ticket_id: int, team_id: int | None, *, by: Actor, seen_version: int | None = None
) -> TicketRow:
    """Put it into a team's queue. It stays with its assignee only if they belong to that team."""
    ticket = changing.hold(tx, ticket_id, by, seen_version)
    if ticket.team_id == team_id:
        return ticket
    stays = ticket.assignee_id is not None and (
        team_id is None or team_id in agents.find(tx, ticket.assignee_id).team_ids
    )
    if team_id is not None:
        teams.find(tx, team_id)
    handed = {"team_id": team_id, "assignee_id": ticket.assignee_id if stays else None, "routing_reason": ""}
    return changing.apply(tx, ticket, "ticket.handed_to_team", by, handed)
