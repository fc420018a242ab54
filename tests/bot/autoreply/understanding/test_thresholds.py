"""How sure is sure enough, told from what was not seen."""

import numpy as np
import pytest

from bot.autoreply.understanding import thresholds


def scores(sure: list[float]) -> np.ndarray:
    """Two labels; the first is always the likelier."""
    return np.array([[each, 1 - each] for each in sure], np.float32)


def test_the_threshold_is_where_the_precision_ends() -> None:
    """A hundred surer ones are right, a hundred less sure ones are not: all of the first are answered and few of the second."""
    sure = [0.9] * 100 + [0.6] * 100
    found = thresholds.at(thresholds.points(scores(sure), np.array([0] * 100 + [1] * 100)), 0.97)

    assert found.threshold == pytest.approx(0.9)
    assert (found.coverage, found.precision) == (0.5, 1.0)


def test_a_few_lucky_ones_prove_nothing() -> None:
    """Ten of ten are not 97 of 100: nothing is answered."""
    found = thresholds.at(thresholds.points(scores([0.9] * 10), np.zeros(10, np.int64)), 0.97)

    assert found.threshold == thresholds.NEVER
    assert found.coverage == 0.0


def test_who_asks_for_more_is_answered_less() -> None:
    """Thresholds rise and coverage falls with the target."""
    drawn = np.random.default_rng(3).random(2_000)
    sure = 0.5 + drawn / 2
    right = np.random.default_rng(4).random(2_000) < sure
    found = thresholds.points(scores(sure.tolist()), np.where(right, 0, 1))

    assert [point.threshold for point in found] == sorted(point.threshold for point in found)
    assert [point.coverage for point in found] == sorted((point.coverage for point in found), reverse=True)
    assert 0.1 < thresholds.at(found, 0.9).coverage < 0.9


def test_what_was_promised_is_kept_on_others() -> None:
    """A threshold from one half keeps its promise on the other within two points."""
    sure = 0.5 + np.random.default_rng(5).random(20_000) / 2
    meant = np.where(np.random.default_rng(6).random(20_000) < sure, 0, 1)
    found = thresholds.at(thresholds.points(scores(sure[::2].tolist()), meant[::2]), 0.9)

    answered = sure[1::2] >= found.threshold

    assert (meant[1::2][answered] == 0).mean() == pytest.approx(0.9, abs=0.02)


def test_between_two_targets_the_stricter_one_holds() -> None:
    """And beyond the last there is none."""
    found = thresholds.points(scores([0.9] * 10), np.zeros(10, np.int64))

    assert [thresholds.at(found, target).target for target in (0.1, 0.965, 0.97, 0.99999)] == [50, 97, 97, 99]


def test_what_is_not_likelier_than_not_is_never_answered() -> None:
    """Even where all guesses turned out right."""
    found = thresholds.points(scores([0.9] * 50) * np.float32(0.5), np.zeros(50, np.int64))

    assert {point.threshold for point in found} == {thresholds.NEVER}
