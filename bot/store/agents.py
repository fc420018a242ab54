"""Agents: who works here, and for which teams."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from bot import errors
from bot.model.agent import Agent, Role
from bot.model.columns import table
from bot.model.team import Membership
from bot.store import numbers
from bot.store.transaction import Transaction

_AGENT, _MEMBERSHIP = table(Agent), table(Membership)


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent, and the teams they belong to."""

    id: int
    email: str
    name: str
    kind: str
    role: str
    password_hash: str = field(repr=False)
    languages: str
    locale: str
    theme: str
    has_shortcuts: bool
    capacity: int
    is_away: bool
    is_disabled: bool
    is_demo: bool
    seen_at: datetime | None
    created_at: datetime
    team_ids: tuple[int, ...] = ()

    @property
    def sees_all(self) -> bool:
        """Supervisors and admins see every ticket, agents those of their teams and those without a team."""
        return self.role != Role.AGENT

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages they answer in, the best first."""
        return tuple(language for language in self.languages.split(",") if language)


_SHAPE = tuple(_AGENT.c[name] for name in AgentRow.__dataclass_fields__ if name != "team_ids")


def all(tx: Transaction) -> tuple[AgentRow, ...]:  # noqa: A001  reads as agents.all
    """Every agent by name, the disabled ones too."""
    return _read(tx, select(*_SHAPE).order_by(_AGENT.c.name, _AGENT.c.id))


def find(tx: Transaction, id_: int) -> AgentRow:
    """Raises NotFound."""
    return _one(_read(tx, select(*_SHAPE).where(_AGENT.c.id == id_)))


def by_email(tx: Transaction, email: str) -> AgentRow | None:
    """Whoever signs in with this address, in whatever case it was typed."""
    found = _read(tx, select(*_SHAPE).where(_AGENT.c.email == email.strip().lower()))
    return found[0] if found else None


def of_team(tx: Transaction, team_id: int) -> tuple[AgentRow, ...]:
    """The members of a team by name."""
    members = select(_MEMBERSHIP.c.agent_id).where(_MEMBERSHIP.c.team_id == team_id)
    return _read(tx, select(*_SHAPE).where(_AGENT.c.id.in_(members)).order_by(_AGENT.c.name, _AGENT.c.id))


def count(tx: Transaction) -> int:
    """How many there are: none before the first set-up."""
    return int(tx.connection.execute(select(func.count()).select_from(_AGENT)).scalar_one())


def add(tx: Transaction, *, email: str, name: str, team_ids: Collection[int] = (), **values: Any) -> int:
    """A new agent's number. The address is kept in lower case and belongs to one agent only."""
    id_ = numbers.one(tx, "agent")
    noun = Agent(id=id_, email=email.strip().lower(), name=name, created_at=tx.now, **values)
    tx.connection.execute(insert(_AGENT).values(noun.model_dump()))
    set_teams(tx, id_, team_ids)
    return id_


def change(tx: Transaction, id_: int, **values: Any) -> None:
    """Set columns of one agent."""
    if values:
        tx.connection.execute(update(_AGENT).where(_AGENT.c.id == id_).values(**values))


def set_teams(tx: Transaction, id_: int, team_ids: Collection[int]) -> None:
    """Make these the agent's teams, and no others."""
    tx.connection.execute(delete(_MEMBERSHIP).where(_MEMBERSHIP.c.agent_id == id_))
    wanted = sorted(set(team_ids))
    drawn = numbers.take(tx, "membership", len(wanted))
    rows = [{"id": row, "team_id": team, "agent_id": id_} for row, team in zip(drawn, wanted, strict=True)]
    if rows:
        tx.connection.execute(insert(_MEMBERSHIP), rows)


def seen(tx: Transaction, id_: int) -> None:
    """The agent is here now."""
    change(tx, id_, seen_at=tx.now)


def hold(tx: Transaction, ids: Collection[int]) -> None:
    """Until the commit, nobody else routes to these agents. Held in the order of numbers, so that no two wait in a ring."""
    if tx.dialect == "postgresql":
        among = select(_AGENT.c.id).where(_AGENT.c.id.in_(sorted(ids))).order_by(_AGENT.c.id)
        tx.connection.execute(among.with_for_update(key_share=True)).all()


def _one(found: tuple[AgentRow, ...]) -> AgentRow:
    if not found:
        raise errors.NotFound("There is no such agent.")
    return found[0]


def _read(tx: Transaction, question: Select[Any]) -> tuple[AgentRow, ...]:
    found = tx.connection.execute(question).all()
    teams = _teams(tx, [row.id for row in found])
    return tuple(_row(row, teams.get(row.id, ())) for row in found)


def _row(row: Any, team_ids: tuple[int, ...]) -> AgentRow:
    return AgentRow(*(*row, team_ids))


def _teams(tx: Transaction, ids: list[int]) -> dict[int, tuple[int, ...]]:
    found = tx.connection.execute(
        select(_MEMBERSHIP.c.agent_id, _MEMBERSHIP.c.team_id)
        .where(_MEMBERSHIP.c.agent_id.in_(ids))
        .order_by(_MEMBERSHIP.c.team_id)
    )
    teams: dict[int, tuple[int, ...]] = {}
    for agent_id, team_id in found:
        teams[agent_id] = (*teams.get(agent_id, ()), team_id)
    return teams
