"""What could not be taken in, as it came (card numbers and the like masked), with its error, so that it can be tried again."""

from datetime import datetime

from sqlmodel import SQLModel

from bot.model.columns import at, number, reference


class Quarantine(SQLModel, table=True):
    id: int = number()
    channel_id: int = reference("channel.id", index=True)
    raw: bytes
    is_wire: bool = False
    reason: str
    attempts: int = 1
    set_aside_at: datetime = at()
    released_at: datetime | None = at(optional=True)
