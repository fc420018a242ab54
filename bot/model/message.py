"""One utterance in or out, its files, and what it said before it was edited."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


_OF_OURS = "outbox_id IS NOT NULL"


class Message(SQLModel, table=True):
    """`unique(channel, external id)` decides what is a duplicate.

    Two times: `sent_at` is the network's, `received_at` ours; their difference is the channel's lag.
    `external_id` is null only for words of ours that have no receipt yet. `language` is "fr", "en", "other" or "" for unknown.
    `traits` is JSON, what `wire.InboundMessage.traits` held; empty for none.
    `hidden_at` and `liked_at` are since when we hide it and like it on the network.
    """

    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index("message_by_conversation", "conversation_id", "sent_at", "id"),
        Index("message_by_ticket", "ticket_id", "sent_at", "id"),
        Index("message_by_outbox", "outbox_id", sqlite_where=text(_OF_OURS), postgresql_where=text(_OF_OURS)),
    )

    id: int = number()
    channel_id: int = reference("channel.id")
    conversation_id: int = reference("conversation.id")
    ticket_id: int | None = Field(default=None, sa_type=BigInteger)
    handle_id: int | None = reference("handle.id", optional=True)
    agent_id: int | None = reference("agent.id", optional=True)
    outbox_id: int | None = Field(default=None, sa_type=BigInteger)
    direction: str = Field(max_length=3)
    external_id: str | None = None
    text: str = ""
    language: str = Field(default="", max_length=5)
    in_reply_to: str = ""
    permalink: str = ""
    is_public: bool = False
    is_masked: bool = False
    sent_at: datetime = at()
    received_at: datetime = at()
    edited_at: datetime | None = at(optional=True)
    deleted_at: datetime | None = at(optional=True)
    version: str = ""
    traits: str = Field(default="", sa_column_kwargs={"server_default": ""})
    hidden_at: datetime | None = at(optional=True)
    liked_at: datetime | None = at(optional=True)


class Revision(SQLModel, table=True):
    """What a message said before an edit. Removed with the message's text when the author deletes it."""

    __table_args__ = (UniqueConstraint("message_id", "version"),)

    id: int = number()
    message_id: int = reference("message.id")
    version: str = ""
    text: str = ""
    replaced_at: datetime = at()


_TO_FETCH = "state = ''"
_HAS_CONTENT = "content <> ''"
_IN_SMALL = "thumbnail <> ''"


class Attachment(SQLModel, table=True):
    """A file that a message names. Its content is fetched after the commit, because links expire.

    `state` is "" until it has been fetched, then "kept", "refused" (we do not keep such files) or "failed" (it could not be had);
    "left" is what came before files were kept. `content` and `thumbnail` name rows of Media. `alt` says what a picture of ours
    shows; a file of ours was "kept" before its message was written.
    """

    __table_args__ = (
        UniqueConstraint("message_id", "external_id"),
        Index("attachment_to_fetch", "id", sqlite_where=text(_TO_FETCH), postgresql_where=text(_TO_FETCH)),
        Index("attachment_by_content", "content", sqlite_where=text(_HAS_CONTENT), postgresql_where=text(_HAS_CONTENT)),
        Index("attachment_by_thumbnail", "thumbnail", sqlite_where=text(_IN_SMALL), postgresql_where=text(_IN_SMALL)),
    )

    id: int = number()
    message_id: int = reference("message.id")
    external_id: str
    kind: str = "file"
    name: str = ""
    url: str = ""
    size: int = 0
    state: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": ""})
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    due_at: datetime | None = at(optional=True)
    content: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    thumbnail: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    alt: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Media(SQLModel, table=True):
    """What a file holds, named by its SHA-256, so that the same picture is kept once. Pictures are made anew, never as they came.

    In the database and not in a folder: processes on several machines share it, one backup holds it, it goes with its message.
    """

    hash: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=60)
    body: bytes
    width: int = 0
    height: int = 0
    kept_at: datetime = at()
