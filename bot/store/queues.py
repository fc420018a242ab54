"""How long somebody who joins a queue waits, by what the queue shows now. Definitions stand with the figures."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from bot.model.agent import Agent, Kind
from bot.model.columns import table
from bot.model.outbox import Outbox
from bot.model.ticket import State, Ticket
from bot.store.transaction import Transaction

PACE = timedelta(hours=1)
MOST_LOOKED_AT = 2_000  # rows of the outbox, the newest first: the pace of a large desk is known from fewer

_TICKET, _OUTBOX, _AGENT = table(Ticket), table(Outbox), table(Agent)


@dataclass(frozen=True, slots=True)
class Line:
    """`ahead`: open tickets of the team in which a contact waits for an answer, other than the one that joins.

    `answered`: tickets of the team that people, not the bot, wrote an answer in within the last hour.
    """

    ahead: int
    answered: int

    @property
    def wait(self) -> timedelta | None:
        """Everybody ahead and oneself, at the pace of the last hour; None where nobody has answered in it."""
        return PACE * (self.ahead + 1) / self.answered if self.answered else None


def line(tx: Transaction, ticket_id: int, team_id: int | None) -> Line:
    """The line that a ticket joins."""
    team = _TICKET.c.team_id.is_(None) if team_id is None else _TICKET.c.team_id == team_id
    waiting = select(func.count()).where(
        team, _TICKET.c.state == State.OPEN, _TICKET.c.waiting_since.is_not(None), _TICKET.c.id != ticket_id
    )
    last = select(func.coalesce(func.max(_OUTBOX.c.id), 0) - MOST_LOOKED_AT).scalar_subquery()
    answered = (
        select(func.count(_OUTBOX.c.ticket_id.distinct()))
        .join(_TICKET, _TICKET.c.id == _OUTBOX.c.ticket_id)
        .join(_AGENT, _AGENT.c.id == _OUTBOX.c.agent_id)
        .where(_OUTBOX.c.id > last, _OUTBOX.c.created_at > tx.now - PACE, _OUTBOX.c.act == "")
        .where(team, _AGENT.c.kind == Kind.HUMAN)
    )
    return Line(int(tx.connection.execute(waiting).scalar_one()), int(tx.connection.execute(answered).scalar_one()))
