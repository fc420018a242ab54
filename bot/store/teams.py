"""Teams, and how many belong to each."""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from bot import errors
from bot.model.columns import table
from bot.model.team import Membership, Team
from bot.store import numbers
from bot.store.transaction import Transaction

_TEAM, _MEMBERSHIP = table(Team), table(Membership)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, and how many agents it has."""

    id: int
    name: str
    branch: str
    is_demo: bool
    members: int


_MEMBERS = (
    select(func.count())
    .select_from(_MEMBERSHIP)
    .where(_MEMBERSHIP.c.team_id == _TEAM.c.id)
    .correlate(_TEAM)
    .scalar_subquery()
)
_QUESTION = select(_TEAM.c.id, _TEAM.c.name, _TEAM.c.branch, _TEAM.c.is_demo, _MEMBERS)


def all(tx: Transaction) -> tuple[TeamRow, ...]:  # noqa: A001  reads as teams.all
    """Every team by name."""
    return tuple(TeamRow(*row) for row in tx.connection.execute(_QUESTION.order_by(_TEAM.c.name)))


def find(tx: Transaction, id_: int) -> TeamRow:
    """Raises NotFound."""
    row = tx.connection.execute(_QUESTION.where(_TEAM.c.id == id_)).first()
    if row is None:
        raise errors.NotFound("There is no such team.")
    return TeamRow(*row)


def by_name(tx: Transaction, name: str) -> TeamRow | None:
    row = tx.connection.execute(_QUESTION.where(_TEAM.c.name == name)).first()
    return TeamRow(*row) if row else None


def add(tx: Transaction, *, name: str, branch: str = "", is_demo: bool = False) -> int:
    """A new team's number."""
    id_ = numbers.one(tx, "team")
    tx.connection.execute(insert(_TEAM).values(id=id_, name=name, branch=branch, is_demo=is_demo))
    return id_


def change(tx: Transaction, id_: int, *, name: str, branch: str) -> None:
    tx.connection.execute(update(_TEAM).where(_TEAM.c.id == id_).values(name=name, branch=branch))


def set_members(tx: Transaction, id_: int, agent_ids: tuple[int, ...]) -> None:
    """Make these the team's agents, and no others."""
    tx.connection.execute(delete(_MEMBERSHIP).where(_MEMBERSHIP.c.team_id == id_))
    wanted = sorted(set(agent_ids))
    drawn = numbers.take(tx, "membership", len(wanted))
    rows = [{"id": row, "team_id": id_, "agent_id": agent} for row, agent in zip(drawn, wanted, strict=True)]
    if rows:
        tx.connection.execute(insert(_MEMBERSHIP), rows)
