"""A group of agents with a queue of its own, often a regional branch."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import number, reference


class Team(SQLModel, table=True):
    id: int = number()
    name: str = Field(unique=True, max_length=80)
    branch: str = Field(default="", max_length=60)
    is_demo: bool = False


class Membership(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("team_id", "agent_id"),)

    id: int = number()
    team_id: int = reference("team.id")
    agent_id: int = reference("agent.id", index=True)
