"""The only place that reads the wall clock. Times are aware and in UTC, durations are timedeltas."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


class HeldClock:
    """A clock that stands still until told otherwise, for tests and drills."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        self._at += by
        return self._at
