"""Who answers: agents, what they may do, and their open windows' sessions."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Kind(StrEnum):
    HUMAN = "human"
    BOT = "bot"


class Agent(SQLModel, table=True):
    """`languages` is a list such as "fr,en", the best first. `capacity` is how many open tickets routing may give."""

    id: int = number()
    email: str = Field(unique=True, max_length=200)
    name: str = Field(max_length=120)
    kind: str = Field(default=Kind.HUMAN, max_length=6)
    role: str = Field(default=Role.AGENT, max_length=10)
    password_hash: str = ""
    languages: str = Field(default="fr,en", max_length=40)
    locale: str = Field(default="fr", max_length=5)
    theme: str = Field(default="system", max_length=6)
    has_shortcuts: bool = True
    capacity: int = 30
    is_away: bool = False
    is_disabled: bool = False
    is_demo: bool = False
    seen_at: datetime | None = at(optional=True)
    created_at: datetime = at()


class Session(SQLModel, table=True):
    """A signed-in browser. Only the hash of its secret is kept; `csrf` goes into its forms.

    `proved_at` is when the password was last given: what is grave asks for it again after a while.
    """

    id: int = number()
    agent_id: int = reference("agent.id", index=True)
    secret_hash: str = Field(unique=True)
    csrf: str
    device: str = ""
    address: str = ""
    opened_at: datetime = at()
    used_at: datetime = at()
    proved_at: datetime = at()
    expires_at: datetime = at()


class Invitation(SQLModel, table=True):
    """A link that works once: to choose a password, or, without an agent, to set the desk up. Only its hash is kept."""

    id: int = number()
    agent_id: int | None = reference("agent.id", optional=True)
    secret_hash: str = Field(unique=True)
    made_at: datetime = at()
    expires_at: datetime = at()


class Attempt(SQLModel, table=True):
    """A failed sign-in, kept to slow guessing per account and per address."""

    id: int = number()
    subject: str = Field(index=True)
    at: datetime = at()
