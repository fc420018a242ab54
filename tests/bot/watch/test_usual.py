"""What is usual at an hour."""

import pytest

from bot.watch.usual import DAY, HOUR, Pace, Usual

MONDAY = 1_772_409_600.0


def learnt(weeks: int) -> Usual:
    """Ten an hour from nine to five on weekdays, one at other times."""
    usual = Usual()
    for hour in range(weeks * 168):
        at = MONDAY + hour * HOUR
        is_busy = hour % 168 < 120 and 9 <= hour % 24 < 17
        for number in range(10 if is_busy else 1):
            usual.add(at + number)
    usual.add(MONDAY + weeks * 168 * HOUR)
    return usual


def test_an_hour_of_the_week_is_told_from_another() -> None:
    """A working morning, a night and a Sunday morning have means of their own."""
    usual = learnt(4)
    later = MONDAY + 28 * DAY

    busy, night, sunday = (
        usual.rates(later + offset)[0] * HOUR for offset in (10 * HOUR, 3 * HOUR, 6 * DAY + 10 * HOUR)
    )

    assert busy == pytest.approx(10, rel=0.2)
    assert night == pytest.approx(1, rel=0.2)
    assert sunday < busy / 2


def test_the_longer_time_looks_at_the_hour_before_as_well() -> None:
    """Just after the evening has begun, the last hour was half a busy one."""
    now, both = learnt(4).rates(MONDAY + 28 * DAY + 17.2 * HOUR)

    assert now < both


def test_silence_teaches_nothing() -> None:
    """A week in which nothing was heard leaves a working morning as it was."""
    usual = learnt(4)
    before = usual.rates(MONDAY + 35 * DAY + 10 * HOUR)[0]
    usual.add(MONDAY + 35 * DAY)

    assert usual.rates(MONDAY + 35 * DAY + 10 * HOUR)[0] >= 0.8 * before


def test_a_storm_teaches_no_more_than_three_times_the_usual() -> None:
    """Ten thousand in one hour do not make the next such hour deaf."""
    usual = learnt(2)
    at = MONDAY + 14 * DAY + 10 * HOUR
    for number in range(10_000):
        usual.add(at + number / 10)
    usual.add(at + 2 * HOUR)

    assert usual.rates(at + 7 * DAY)[0] * HOUR < 30


def test_a_year_without_a_word_begins_anew() -> None:
    """A gap of more than sixty days is not walked through hour by hour."""
    usual = learnt(1)

    usual.add(MONDAY + 400 * DAY)

    assert usual.count == 1


def test_the_pace_is_that_of_about_the_last_hour() -> None:
    """One a minute is sixty an hour, and four hours later nothing is left of it."""
    pace = Pace()
    for number in range(600):
        pace.add(MONDAY + number * 60)

    assert pace.at(MONDAY + 599 * 60) == pytest.approx(60, rel=0.05)
    assert pace.at(MONDAY + 599 * 60 + 4 * HOUR) < 1
