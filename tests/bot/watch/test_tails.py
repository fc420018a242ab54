"""How surprising a count is, beside the sum of probabilities."""

import math

import pytest

from bot.watch.tails import surprise


@pytest.mark.parametrize(("count", "mean"), [(3, 0.5), (5, 2.0), (12, 4.5), (40, 20.0)])
def test_it_is_the_tail_of_a_poisson_distribution(count: int, mean: float) -> None:
    """As the probabilities below it, added up and taken from one."""
    below = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))

    assert surprise(count, mean) == pytest.approx(-math.log10(1 - below), rel=1e-6)


def test_what_is_not_above_the_mean_is_no_surprise() -> None:
    """As many as expected is 0, not a small number."""
    assert surprise(4, 4.0) == 0.0


def test_far_out_it_does_not_round_to_nothing() -> None:
    """Four hundred where none is expected: a probability that no float holds."""
    assert 1_000 < surprise(400, 0.01) < 2_000


def test_what_never_happens_has_an_answer() -> None:
    """A mean of zero is taken as very small."""
    assert surprise(1, 0.0) > 8
