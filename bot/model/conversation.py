"""A thread as the network sees it."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Conversation(SQLModel, table=True):
    """`contact_id` is whoever wrote to us first; others may join a public thread. Null while only we have spoken.

    `continues_id` is the conversation whose ticket goes on here, as when a public one was moved to private: for as long as there
    is such a ticket.
    """

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
    continues_id: int | None = Field(default=None, sa_type=BigInteger)
