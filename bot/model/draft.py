"""Unsent words and the files with them, on the server so that no crash or change of device loses them; and who looks at what."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Draft(SQLModel, table=True):
    """One per agent and ticket, and per kind: "reply" or "note"."""

    __table_args__ = (UniqueConstraint("ticket_id", "agent_id", "kind"),)

    id: int = number()
    ticket_id: int = reference("ticket.id")
    agent_id: int = reference("agent.id")
    kind: str = Field(max_length=5)
    text: str
    saved_at: datetime = at()


class Enclosure(SQLModel, table=True):
    """A file laid beside an agent's unsent reply. With the words it becomes an attachment of their message, and back by undo.

    `content` and `thumbnail` name rows of Media; of what is no picture there is no thumbnail.
    """

    __table_args__ = (Index("enclosure_by_writer", "ticket_id", "agent_id", "id"),)

    id: int = number()
    ticket_id: int = reference("ticket.id")
    agent_id: int = reference("agent.id")
    name: str
    alt: str = ""
    size: int
    content: str = Field(max_length=64)
    thumbnail: str = Field(default="", max_length=64)
    laid_at: datetime = at()


class Presence(SQLModel, table=True):
    """Who has a ticket open, and whether they are writing. Rows grow stale by themselves; see `desk.presence`."""

    __table_args__ = (UniqueConstraint("ticket_id", "agent_id"),)

    id: int = number()
    ticket_id: int = reference("ticket.id")
    agent_id: int = reference("agent.id")
    is_writing: bool = False
    seen_at: datetime = at()
