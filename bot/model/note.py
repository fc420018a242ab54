"""Internal words that never leave. They live in a table of their own, so that no sending can reach them."""

from datetime import datetime

from sqlmodel import SQLModel

from bot.model.columns import at, number, reference


class Note(SQLModel, table=True):
    id: int = number()
    ticket_id: int = reference("ticket.id", index=True)
    agent_id: int | None = reference("agent.id", optional=True)
    text: str
    written_at: datetime = at()
