"""Days by the bank's own clocks, and the bot's precision on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.store.answers import Answer


@dataclass(frozen=True, slots=True)
class Figure:
    """How many answers there were, how many stood, and their share; None where there were none."""

    answers: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.answers if self.answers else None


def begins(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of the day that it is there."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def span(day: datetime) -> tuple[datetime, datetime]:
    """From its first moment to the next day's. A day of a changing clock has 23 hours or 25."""
    return day, datetime.combine(day.date() + timedelta(days=1), time(), day.tzinfo)


def figure(found: Sequence[Answer]) -> Figure:
    """The bot's precision: answers that nobody corrected or contradicted, of all its answers."""
    return Figure(len(found), sum(one.is_right for one in found))
