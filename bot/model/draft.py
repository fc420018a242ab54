"""Unsent words, kept on the server so that no crash or change of device loses them; and who is looking at what."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
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


class Presence(SQLModel, table=True):
    """Who has a ticket open, and whether they are writing. Rows grow stale by themselves; see `desk.presence`."""

    __table_args__ = (UniqueConstraint("ticket_id", "agent_id"),)

    id: int = number()
    ticket_id: int = reference("ticket.id")
    agent_id: int = reference("agent.id")
    is_writing: bool = False
    seen_at: datetime = at()
