"""What questions about tickets answer."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.columns import instant, microseconds


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as a list shows it: its own row, and the names of what it refers to."""

    id: int
    conversation_id: int
    channel_id: int
    contact_id: int
    team_id: int | None
    assignee_id: int | None
    routing_reason: str
    state: str
    priority: str
    language: str
    is_public: bool
    contact_name: str
    preview: str
    last_direction: str
    message_count: int
    unanswered_count: int
    tags: str
    opened_at: datetime
    first_message_at: datetime
    last_message_at: datetime
    last_message_id: int
    last_answer_at: datetime | None
    first_response_at: datetime | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    version: int
    assignee_name: str
    channel_name: str
    channel_title: str
    network: str
    branch: str
    team_name: str

    @property
    def tag_names(self) -> tuple[str, ...]:
        """The tags it wears, in the order of the alphabet."""
        return tuple(self.tags.split(",")) if self.tags else ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the time and the number of the last on it. As text it is part of the next page's address.

    `is_waiting` is a place among those who wait, the longest first; any other is one among the newest.
    """

    at: datetime
    id: int
    is_waiting: bool = False

    def __str__(self) -> str:
        return f"{'w' if self.is_waiting else ''}{microseconds(self.at)}.{self.id}"

    @property
    def rank(self) -> tuple[int, int, int]:
        """What comes first in a list has the smaller one."""
        at = microseconds(self.at)
        return (0, at, self.id) if self.is_waiting else (1, -at, -self.id)

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """The place written in `text`, or None when it is none."""
        at, dot, number = text.removeprefix("w").partition(".")
        if (
            dot
            and at.isascii()
            and number.isascii()
            and at.isdigit()
            and number.isdigit()
            and max(len(at), len(number)) <= 18
        ):
            return cls(instant(int(at)), int(number), text.startswith("w")) if int(at) < _FAR else None
        return None


_FAR = 250_000_000_000_000_000  # microseconds; the year 9892, the last that a datetime can name with some room


@dataclass(frozen=True, slots=True)
class Page:
    """Some tickets of a view, in its order, and where the next page begins: None when this is the last."""

    rows: tuple[TicketRow, ...]
    next: Place | None
