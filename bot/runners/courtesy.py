"""Giving way: whatever follows the log waits while messages wait to be stored, because their senders wait; but not for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.store.events import Recorded

LAG = timedelta(seconds=10)
# How many messages wait to be stored in this process.
Waiting = Callable[[], int]


def nothing_waits() -> int:
    """For a process that stores no messages."""
    return 0


def gives_way(waiting: Waiting, oldest: Recorded, now: datetime) -> bool:
    """Whether the events from `oldest` on can wait a moment more."""
    return waiting() > 0 and now - oldest.at < LAG
