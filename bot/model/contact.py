"""A person outside, and their identities on the networks."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Contact(SQLModel, table=True):
    id: int = number()
    name: str = ""
    language: str = Field(default="", max_length=5)
    remark: str = ""
    created_at: datetime = at()


class Handle(SQLModel, table=True):
    """One identity on one network; many channels of that network may meet the same one."""

    __table_args__ = (UniqueConstraint("network", "external_id"),)

    id: int = number()
    contact_id: int = reference("contact.id", index=True)
    network: str = Field(max_length=30)
    external_id: str
    username: str = ""
    name: str = ""
    avatar_url: str = ""
