"""What a network gives a channel to come back with, and changes: tokens that are worth something only until the next one."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Credential(SQLModel, table=True):
    """One named value of one channel. What the operator knows stands in the environment instead, never here."""

    __table_args__ = (UniqueConstraint("channel_id", "name"),)

    id: int = number()
    channel_id: int = reference("channel.id")
    name: str = Field(max_length=60)
    value: str
    changed_at: datetime = at()
