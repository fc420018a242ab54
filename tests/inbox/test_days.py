"""Days are those of the bank's own clocks, also when they change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox import days

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("now", "began", "hours"),
    [
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 23, 0, tzinfo=UTC), 24),
        (datetime(2026, 3, 29, 12, 0, tzinfo=UTC), datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 25),
    ],
)
def test_a_day_begins_and_ends_at_midnight(now: datetime, began: datetime, hours: int) -> None:
    """In Paris, not in Greenwich; in spring it is short, in autumn long."""
    since, until = (each.astimezone(UTC) for each in days.span(days.begins(now, PARIS)))

    assert since == began
    assert until - since == timedelta(hours=hours)


def test_no_answers_no_precision() -> None:
    """Nothing is not zero."""
    assert days.figure(()).precision is None
