"""A thread as the network sees it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from bot.model.columns import at, number, reference


class Conversation(SQLModel, table=True):
    """`contact_id` is whoever wrote to us first; others may join a public thread. Null while only we have spoken."""

    __table_args__ = (UniqueConstraint("channel_id", "external_id"),)

    id: int = number()
    channel_id: int = reference("channel.id")
    external_id: str
    contact_id: int | None = reference("contact.id", optional=True, index=True)
    is_public: bool = False
    permalink: str = ""
    created_at: datetime = at()
    last_message_at: datetime = at()
    last_message_id: int | None = None
