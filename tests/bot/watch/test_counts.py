"""Counts: one threshold for little and for much, an alarm for what is far above usual, and silence after it."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.watch.counts import ALARM, Counts

STEP = timedelta(minutes=5)
START = datetime(2026, 3, 2, tzinfo=UTC)
A_DAY = 288


def scores(counts: list[float], step: timedelta = STEP) -> list[float]:
    series = Counts(step)
    return [series.score(START + number * step, count) for number, count in enumerate(counts)]


def days(number: int, mean: float, seed: int = 1) -> list[float]:
    """Counts with the swing of the day, as Poisson as a sum of rare things is."""
    chance = random.Random(seed)
    levels = [mean * (1.6 if 8 <= at % A_DAY // 12 < 20 else 0.4) for at in range(number * A_DAY)]
    return [float(sum(chance.random() < level / 200 for _ in range(200))) for level in levels]


def alarms(counts: list[float]) -> list[int]:
    return [number for number, score in enumerate(scores(counts)) if score >= ALARM]


@pytest.mark.parametrize("mean", [2, 20, 60])
def test_a_burst_alarms_at_any_volume(mean: float) -> None:
    """Nine times the usual for an hour, whether that is two or sixty in five minutes."""
    counts = days(14, mean)
    burst = 12 * A_DAY + 150
    for at in range(burst, burst + 12):
        counts[at] += 8 * mean + 20

    assert burst in alarms(counts) or burst + 1 in alarms(counts)


@pytest.mark.parametrize("mean", [2, 20, 60])
def test_a_fortnight_like_any_other_alarms_hardly(mean: float) -> None:
    """At most once in two weeks of noise after the first three days, in which nothing is usual yet."""
    late = [at for at in alarms(days(17, mean)) if at >= 3 * A_DAY]

    assert len(late) <= 1


def test_after_an_alarm_there_is_silence_until_something_louder() -> None:
    """The same five hours later says nothing; a hundred times as many does."""
    counts = days(14, 20)
    first, second, louder = 10 * A_DAY, 10 * A_DAY + 60, 10 * A_DAY + 120
    counts[first], counts[second], counts[louder] = 300, 300, 40_000

    found = alarms(counts)

    assert first in found
    assert second not in found
    assert louder in found


def test_scores_lie_between_0_and_1_and_the_first_day_is_silent() -> None:
    """Whatever the count, even a thousand million after nothing."""
    counts = [0.0] * 400 + [1e9] + [0.0] * 400

    found = scores(counts)

    assert all(0 <= score < 1 for score in found)
    assert not any(found[:A_DAY])
    assert found[400] >= ALARM


def test_what_is_said_does_not_depend_on_the_length_of_the_step() -> None:
    """Counted by the quarter of an hour, the same burst alarms as well."""
    counts = days(14, 20)
    burst = 12 * A_DAY + 150
    for at in range(burst, burst + 12):
        counts[at] += 200
    quarters = [sum(counts[at : at + 3]) for at in range(0, len(counts), 3)]

    found = [at for at, score in enumerate(scores(quarters, timedelta(minutes=15))) if score >= ALARM]

    assert burst // 3 in found or burst // 3 + 1 in found
