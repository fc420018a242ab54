"""Who has which ticket open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.model.agent import Agent
from bot.model.columns import table
from bot.model.draft import Presence
from bot.store import bulk, numbers
from bot.store.transaction import Transaction

_PRESENCE, _AGENT = table(Presence), table(Agent)


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody looks at a ticket, and perhaps writes."""

    ticket_id: int
    agent_id: int
    name: str
    is_writing: bool
    seen_at: datetime


def touch(tx: Transaction, *, ticket_id: int, agent_id: int, is_writing: bool) -> None:
    """They look at it now."""
    sign = bulk.mark(tx)
    tx.connection.exec_driver_sql(
        f"INSERT INTO presence (id, ticket_id, agent_id, is_writing, seen_at) VALUES ({', '.join([sign] * 5)})"
        " ON CONFLICT (ticket_id, agent_id) DO UPDATE SET is_writing = excluded.is_writing, seen_at = excluded.seen_at",
        (numbers.one(tx, "presence"), ticket_id, agent_id, is_writing, bulk.time(tx, tx.now)),
    )


def leave(tx: Transaction, *, ticket_id: int, agent_id: int) -> None:
    """They have closed it."""
    whose = (_PRESENCE.c.ticket_id == ticket_id, _PRESENCE.c.agent_id == agent_id)
    tx.connection.execute(delete(_PRESENCE).where(*whose))


def of_tickets(tx: Transaction, ticket_ids: Iterable[int], within: timedelta) -> list[Sight]:
    """Who was seen on these tickets lately, by name."""
    question = (
        select(_PRESENCE.c.ticket_id, _PRESENCE.c.agent_id, _AGENT.c.name, _PRESENCE.c.is_writing, _PRESENCE.c.seen_at)
        .join(_AGENT, _AGENT.c.id == _PRESENCE.c.agent_id)
        .where(_PRESENCE.c.ticket_id.in_(list(ticket_ids)), _PRESENCE.c.seen_at > tx.now - within)
    )
    return [Sight(*row) for row in tx.connection.execute(question.order_by(_AGENT.c.name, _AGENT.c.id))]


def forget(tx: Transaction, older_than: timedelta) -> int:
    """Remove sights that nobody will ask for any more; how many there were."""
    stale = delete(_PRESENCE).where(_PRESENCE.c.seen_at < tx.now - older_than)
    return tx.connection.execute(stale).rowcount
