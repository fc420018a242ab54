"""What must follow an event, as rows: written in the verb's own transaction, done at least once, each doing harmless twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number


class Work(SQLModel, table=True):
    """`kind` names the reaction, `key` makes it unique. A finished row is deleted; a dead one stays and is shown."""

    __table_args__ = (UniqueConstraint("kind", "key"), Index("work_due", "is_dead", "due_at", "id"))

    id: int = number()
    kind: str = Field(max_length=40)
    key: str = Field(max_length=120)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    due_at: datetime = at()
    attempts: int = 0
    lease_until: datetime | None = at(optional=True)
    lease_token: str = ""
    is_dead: bool = False
    error: str = ""
    created_at: datetime = at()


class Lease(SQLModel, table=True):
    """Who holds something that only one may hold: a channel's ear, the sealer. `fence` grows with each holder."""

    name: str = Field(primary_key=True, max_length=80)
    holder: str
    fence: int = 1
    until: datetime = at()


class Cursor(SQLModel, table=True):
    """How far a reader of the event log has come."""

    name: str = Field(primary_key=True, max_length=80)
    xid: int = 0
    event_id: int = 0


class Sequence(SQLModel, table=True):
    """The last number given for a noun. Only SQLite counts here; PostgreSQL has sequences of its own."""

    name: str = Field(primary_key=True, max_length=40)
    value: int = 0
