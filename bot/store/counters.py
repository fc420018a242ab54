"""How many tickets each channel, team, assignee and state hold: added to by every verb, in its own transaction."""

from collections import Counter as Tally
from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import case, func, select

from bot.model.columns import table
from bot.model.ticket import Counter, Ticket
from bot.store import driver
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

# channel, team or 0, assignee or 0, state
Key: TypeAlias = tuple[int, int, int, str]

SLOTS = 64  # more than the processes that one desk runs

_COUNTER, _TICKET = table(Counter), table(Ticket)
_ADD = (
    "INSERT INTO counter (channel_id, team_id, assignee_id, state, slot, tickets) VALUES ({0}, {0}, {0}, {0}, {1}, {0})"
    " ON CONFLICT (channel_id, team_id, assignee_id, state, slot)"
    " DO UPDATE SET tickets = counter.tickets + excluded.tickets"
)
# Two processes write into two slots. That two backends share one by chance costs them a wait, never a count.
_ADDING = {
    "sqlite": _ADD.format("?", 0),
    "postgresql": _ADD.format("%s", f"pg_backend_pid() %% {SLOTS}"),
}


def key(row: TicketRow) -> Key:
    """Where a ticket is counted."""
    return row.channel_id, row.team_id or 0, row.assignee_id or 0, row.state


def move(tx: Transaction, before: TicketRow | None, after: TicketRow | None) -> None:
    """A ticket has changed, come (no `before`) or gone (no `after`)."""
    deltas: Tally[Key] = Tally()
    if before:
        deltas[key(before)] -= 1
    if after:
        deltas[key(after)] += 1
    change(tx, deltas)


def change(tx: Transaction, deltas: Mapping[Key, int]) -> None:
    """Add to many counters at once, in the order of their keys, so that no two processes wait for each other in a ring."""
    rows = [(*place, delta) for place, delta in sorted(deltas.items()) if delta]
    if rows:
        driver.run_many(tx.connection, _ADDING[tx.dialect], rows)


def by_state_and_team(tx: Transaction, agent_id: int) -> list[tuple[str, int, int, int, int]]:
    """Rows of (state, team or 0, all, assigned to nobody, assigned to this agent)."""
    held = func.sum(_COUNTER.c.tickets)
    nobodys = func.sum(case((_COUNTER.c.assignee_id == 0, _COUNTER.c.tickets), else_=0))
    own = func.sum(case((_COUNTER.c.assignee_id == agent_id, _COUNTER.c.tickets), else_=0))
    question = select(_COUNTER.c.state, _COUNTER.c.team_id, held, nobodys, own)
    found = tx.connection.execute(question.group_by(_COUNTER.c.state, _COUNTER.c.team_id))
    return [(state, team, int(every), int(free), int(mine)) for state, team, every, free, mine in found]


def everything(tx: Transaction) -> dict[Key, int]:
    """What each key holds; keys that hold nothing are left out."""
    place = tuple(_COUNTER.c[name] for name in ("channel_id", "team_id", "assignee_id", "state"))
    found = tx.connection.execute(select(func.sum(_COUNTER.c.tickets), *place).group_by(*place))
    return {(row[1], row[2], row[3], row[4]): int(row[0]) for row in found if row[0]}


def tally(tx: Transaction) -> dict[Key, int]:
    """What the counters must hold, counted row by row; for tests and for the operator's check, never for a page."""
    place = (_TICKET.c.channel_id, _TICKET.c.team_id, _TICKET.c.assignee_id, _TICKET.c.state)
    found = tx.connection.execute(select(func.count(), *place).group_by(*place))
    return {(row[1], row[2] or 0, row[3] or 0, row[4]): row[0] for row in found}
