"""Words that are to leave, deeds that are to be done, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference


class Delivery(StrEnum):
    """pending: may still be undone, or waits its turn. sending: on the way. sent: the network has it.

    failed: given up after retries; an agent may retry. refused: the network will never take it. uncertain: it may have arrived.
    cancelled: taken back by the agent before it left.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


# What surely did not arrive.
LOST = frozenset({Delivery.FAILED, Delivery.REFUSED})


class Outbox(SQLModel, table=True):
    """`key` is made with the words and never changes. `due_at` holds the undo time, then the retry time.

    `before` is how the ticket stood when the words were written, so that taking them back can restore it.
    Words taken back have no message any more. An uncertain row without `finished_at` is being looked for on the network;
    with it, a person must decide.

    `act` is empty for words; else it is what is to be done with the message, which the network calls `in_reply_to`.
    `after_id` is the row without whose success this one does not leave.
    """

    __table_args__ = (
        Index("outbox_due", "state", "channel_id", "due_at", "id"),
        Index("outbox_sending", "state", "lease_until"),
        Index("outbox_by_conversation", "conversation_id", "id"),
    )

    id: int = number()
    key: str = Field(unique=True)
    channel_id: int = reference("channel.id")
    conversation_id: int = reference("conversation.id")
    ticket_id: int = reference("ticket.id", index=True)
    message_id: int | None = reference("message.id", optional=True)
    agent_id: int | None = reference("agent.id", optional=True)
    text: str
    is_public: bool = False
    in_reply_to: str = ""
    state: str = Field(default=Delivery.PENDING, max_length=10)
    reason: str = ""
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    attempts: int = 0
    created_at: datetime = at()
    due_at: datetime = at()
    lease_until: datetime | None = at(optional=True)
    lease_token: str = ""
    finished_at: datetime | None = at(optional=True)
    act: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": ""})
    after_id: int | None = Field(default=None, sa_type=BigInteger)
