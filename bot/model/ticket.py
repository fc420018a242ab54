"""The work on a conversation, and its pure rules."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, part, reference


class State(StrEnum):
    """open: our turn. waiting: the contact's turn. snoozed: put off until a time. resolved: done."""

    OPEN = "open"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


def _waits(name: str, *columns: str) -> Index:
    """An index of the tickets that somebody waits in: the few of all that are open."""
    where = text("waiting_since IS NOT NULL")
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Ticket(SQLModel, table=True):
    """One row holds all that a list shows, so that a page of the queue is one index range.

    At most one unresolved ticket per conversation: a partial unique index says so, not a check.
    `version` grows with every change; a fragment drawn for (id, version) never goes stale.
    `last_message_id` is the newest message seen in it: a reply names the one its writer had seen.
    """

    __table_args__ = (
        Index(
            "ticket_one_unresolved",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ticket_by_conversation", "conversation_id", "id"),
        Index("ticket_by_state", "state", "last_message_at", "id"),
        Index("ticket_by_assignee", "assignee_id", "state", "last_message_at", "id"),
        Index("ticket_by_team", "team_id", "state", "last_message_at", "id"),
        Index("ticket_by_channel", "channel_id", "state", "last_message_at", "id"),
        Index("ticket_by_contact", "contact_id", "id"),
        _waits("ticket_waiting", "state", "waiting_since", "id"),
        _waits("ticket_waiting_by_assignee", "assignee_id", "state", "waiting_since", "id"),
        _waits("ticket_waiting_by_team", "team_id", "state", "waiting_since", "id"),
        Index(
            "ticket_snoozed",
            "snoozed_until",
            sqlite_where=text("state = 'snoozed'"),
            postgresql_where=text("state = 'snoozed'"),
        ),
    )

    id: int = number()
    conversation_id: int = reference("conversation.id")
    channel_id: int = reference("channel.id")
    contact_id: int = reference("contact.id")
    team_id: int | None = reference("team.id", optional=True)
    assignee_id: int | None = reference("agent.id", optional=True)
    routing_reason: str = ""
    state: str = Field(default=State.OPEN, max_length=10)
    priority: str = Field(default=Priority.NORMAL, max_length=10)
    language: str = Field(default="", max_length=5)
    is_public: bool = False
    contact_name: str = ""
    preview: str = ""
    last_direction: str = Field(default="in", max_length=3)
    message_count: int = 0
    unanswered_count: int = 0
    tags: str = ""
    opened_at: datetime = at()
    first_message_at: datetime = at()
    last_message_at: datetime = at()
    last_message_id: int = 0
    last_answer_at: datetime | None = at(optional=True)
    first_response_at: datetime | None = at(optional=True)
    waiting_since: datetime | None = at(optional=True)
    snoozed_until: datetime | None = at(optional=True)
    resolved_at: datetime | None = at(optional=True)
    version: int = 1


class TicketTag(SQLModel, table=True):
    """Which tags a ticket wears. `Ticket.tags` repeats their names for the list, in the same transaction."""

    __tablename__ = "ticket_tag"
    __table_args__ = (UniqueConstraint("ticket_id", "tag_id"),)

    id: int = number()
    ticket_id: int = reference("ticket.id")
    tag_id: int = reference("tag.id", index=True)


class Counter(SQLModel, table=True):
    """How many tickets a channel, team, assignee and state hold, kept by the verbs' own transactions: no page counts rows.

    0 stands for no team and for nobody. What a key holds is the sum over its slots; each writing process adds to a slot of its
    own, so that two of them never wait for each other's commit. One row alone may be negative.
    """

    channel_id: int = part()
    team_id: int = part()
    assignee_id: int = part()
    state: str = Field(primary_key=True, max_length=10)
    slot: int = part()
    tickets: int = 0
