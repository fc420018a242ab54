"""What the bot does in a ticket: in whose hand it is, what was decided about each message, and what was suggested to people."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, text
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, owner, reference


class Hand(StrEnum):
    """In whose hand a ticket is. What is in a person's hand comes back to the bot by a person's act only."""

    BOT = "bot"
    PERSON = "person"


class Course(StrEnum):
    """What the bot does about a message.

    answer: it says what was asked. ask: it needs to know one thing first. suggest: it offers a person the words. hand_over: it
    calls a person. silent: nothing is to be said, or nobody is there to read it.
    """

    ANSWER = "answer"
    ASK = "ask"
    SUGGEST = "suggest"
    HAND_OVER = "hand_over"
    SILENT = "silent"


class Fate(StrEnum):
    """What an agent made of a suggestion."""

    OPEN = ""
    USED = "used"
    EDITED = "edited"
    DISMISSED = "dismissed"


_IS_BOTS = text("hand = 'bot'")


class Engagement(SQLModel, table=True):
    """One row for a ticket that the bot has met, or that a person has taken where a bot is at work.

    `taken_at` is when a person took over: none of the bot's words leave after that. `parting_id` are its words of farewell in the
    outbox, which may still leave when it has handed over by itself. `asks` names the intent whose question waits for an
    answer.
    """

    __table_args__ = (Index("engagement_of_bot", "ticket_id", sqlite_where=_IS_BOTS, postgresql_where=_IS_BOTS),)

    ticket_id: int = owner("ticket.id")
    hand: str = Field(default=Hand.BOT, max_length=6)
    taken_at: datetime | None = at(optional=True)
    handed_over_at: datetime | None = at(optional=True)
    reason: str = Field(default="", max_length=40)
    has_introduced: bool = False
    has_excused: bool = False
    asks: str = Field(default="", max_length=60)
    parting_id: int | None = Field(default=None, sa_type=BigInteger)


class Decision(SQLModel, table=True):
    """What was decided about a message, and why: a key of the catalogue. `outbox_id` are the words that followed."""

    __table_args__ = (Index("decision_by_ticket", "ticket_id", "message_id"), Index("decision_by_time", "decided_at"))

    message_id: int = owner("message.id")
    ticket_id: int = reference("ticket.id")
    course: str = Field(max_length=10)
    reason: str = Field(default="", max_length=40)
    intent: str = Field(default="", max_length=60)
    outbox_id: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: datetime = at()


class Suggestion(SQLModel, table=True):
    """A reply that was offered to whoever has the ticket, for one message. `why` is a key of the catalogue and its values."""

    __table_args__ = (
        Index("suggestion_by_ticket", "ticket_id", "id"),
        Index("suggestion_by_reply", "canned_reply_id", "fate"),
    )

    id: int = number()
    ticket_id: int = reference("ticket.id")
    message_id: int = reference("message.id")
    canned_reply_id: int = Field(sa_type=BigInteger)
    intent: str = Field(default="", max_length=60)
    language: str = Field(default="", max_length=5)
    place: int = 1
    why: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    fate: str = Field(default=Fate.OPEN, max_length=10)
    agent_id: int | None = reference("agent.id", optional=True)
    offered_at: datetime = at()
    settled_at: datetime | None = at(optional=True)
