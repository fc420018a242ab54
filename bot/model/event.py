"""Facts, written by verbs, never changed: who, what, when, before and after; and the seal that proves it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number


class TransactionNumber(UserDefinedType[int]):
    """PostgreSQL's xid8, filled by the database. On SQLite commits are in row order, so it is always 0."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class current_transaction(FunctionElement[int]):  # noqa: N801  written like the SQL function that it is
    """The number of the transaction that writes the row, filled in by the database."""

    inherit_cache = True


@compiles(current_transaction, "postgresql")
def _on_postgresql(*_: Any, **__: Any) -> str:
    return "pg_current_xact_id()"


@compiles(current_transaction, "sqlite")
def _on_sqlite(*_: Any, **__: Any) -> str:
    return "0"


class ActorKind(StrEnum):
    AGENT = "agent"
    BOT = "bot"
    CONTACT = "contact"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `id` is the agent's or contact's number; 0 for the system."""

    kind: ActorKind
    id: int = 0


SYSTEM = Actor(ActorKind.SYSTEM)
NOT_A_MESSAGE = "kind NOT IN ('message.received', 'message.echoed')"


class Event(SQLModel, table=True):
    """`kind` is past tense with its noun first: ticket.resolved, message.received.

    `body` holds before and after, and numbers of rows, never a customer's words.
    Read in the order of (xid, id), and on PostgreSQL only below the snapshot's horizon: ids commit out of order.
    """

    # Messages are nine events in ten and stand in their conversation anyway: the index of a ticket's turns leaves them out. On
    # SQLite `xid` is 0 and row order is the order, so that no index of it is kept there.
    __table_args__ = (
        Index("event_in_order", "xid", "id", sqlite_where=text("xid <> 0")),
        Index(
            "event_by_ticket", "ticket_id", "id", sqlite_where=text(NOT_A_MESSAGE), postgresql_where=text(NOT_A_MESSAGE)
        ),
    )

    id: int = number()
    xid: int | None = Field(
        default=None,
        sa_column=Column(
            TransactionNumber().with_variant(BigInteger(), "sqlite"),
            nullable=False,
            server_default=current_transaction(),
        ),
    )
    kind: str = Field(max_length=60)
    at: datetime = at()
    actor_kind: str = Field(max_length=10)
    actor_id: int = 0
    channel_id: int | None = None
    conversation_id: int | None = Field(default=None, sa_type=BigInteger)
    ticket_id: int | None = Field(default=None, sa_type=BigInteger)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Seal(SQLModel, table=True):
    """One link of the chain: `hash` covers the event and the link before it. `number` has no gaps."""

    number: int = Field(primary_key=True)
    event_id: int = Field(unique=True, sa_type=BigInteger)
    hash: str = Field(max_length=64)
    sealed_at: datetime = at()
