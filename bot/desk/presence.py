"""Who is here, and who looks at which ticket. It grows stale by itself and leaves no trace in the log."""

from collections.abc import Iterable
from datetime import timedelta

from bot.store import agents, presences, tickets
from bot.store.presences import Sight
from bot.store.transaction import Transaction

LOOKING = timedelta(seconds=25)  # a window tells of itself every ten seconds: two may be lost
KEPT = timedelta(hours=1)
NOTED_EVERY = timedelta(seconds=20)


def touch(tx: Transaction, ticket_id: int, agent_id: int, *, is_writing: bool = False) -> bool:
    """This agent has the ticket open now. True when that is news to the others: they have come, begun to write or stopped."""
    tickets.visible(tx, ticket_id, agents.find(tx, agent_id))
    known = [sight for sight in of_tickets(tx, [ticket_id]) if sight.agent_id == agent_id]
    presences.touch(tx, ticket_id=ticket_id, agent_id=agent_id, is_writing=is_writing)
    here(tx, agent_id)
    return not known or known[0].is_writing != is_writing


def here(tx: Transaction, agent_id: int) -> None:
    """This agent has a window open now, so routing may choose them."""
    agent = agents.find(tx, agent_id)
    if agent.seen_at is None or agent.seen_at <= tx.now - NOTED_EVERY:
        agents.seen(tx, agent_id)


def are_here(tx: Transaction, agent_ids: Iterable[int]) -> None:
    """Each of these agents has a window open now."""
    for agent_id in sorted(agent_ids):
        here(tx, agent_id)


def leave(tx: Transaction, ticket_id: int, agent_id: int) -> None:
    """This agent has closed the ticket."""
    presences.leave(tx, ticket_id=ticket_id, agent_id=agent_id)


def forget_old(tx: Transaction) -> int:
    """Remove what is long stale; how much there was."""
    return presences.forget(tx, KEPT)


def others(tx: Transaction, ticket_id: int, agent_id: int) -> tuple[Sight, ...]:
    """Who else looks at the ticket now, by name."""
    return tuple(sight for sight in of_tickets(tx, [ticket_id]) if sight.agent_id != agent_id)


def of_tickets(tx: Transaction, ticket_ids: Iterable[int]) -> tuple[Sight, ...]:
    """Who looks at any of these tickets now."""
    return tuple(presences.of_tickets(tx, ticket_ids, LOOKING))
