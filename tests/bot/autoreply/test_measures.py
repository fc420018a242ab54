"""Each figure of a version is what its definition says, counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.autoreply import measures
from bot.autoreply.measures import Point, Said

ROWS = [
    Said(1, "fr", "card", "card", 0.9),
    Said(2, "fr", "card", "pin", 0.8),
    Said(3, "en", "pin", "pin", 0.8),
    Said(4, "en", "pin", "pin", 0.3),
]


def test_figures() -> None:
    """Accuracy, F1, coverage and precision, of all and of each language and intent."""
    told = measures.figures(ROWS, {97: 0.5, 99: 0.85})

    assert (told["examples"], told["accuracy"]) == (4, 0.75)
    assert told["macro_f1"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert told["coverage"] == {"97": 0.75, "99": 0.25}
    assert told["precision"] == {"97": pytest.approx(2 / 3), "99": 1}
    assert told["languages"]["en"]["coverage"] == {"97": 0.5, "99": 0}
    assert told["languages"]["en"]["precision"] == {"97": 1, "99": None}
    assert told["labels"] == {
        "card": {"examples": 2, "coverage": 0.5, "precision": 1},
        "pin": {"examples": 2, "coverage": 0.5, "precision": 0.5},
    }
    assert told["pairs"] == [["card", "pin", 1]]


def test_the_curve_takes_equal_probabilities_together() -> None:
    """No threshold parts them, so none of its points does."""
    assert measures.curve(ROWS) == [Point(0.9, 0.25, 1), Point(0.8, 0.75, pytest.approx(2 / 3)), Point(0.3, 1, 0.75)]


@pytest.mark.parametrize(("target", "threshold"), [(97, 0.5), (75, 0.3), (76, 0.9), (80, 0.9)])
def test_the_threshold_of_a_target(target: int, threshold: float) -> None:
    """A version's own where it has one; or else the lowest at which its curve still keeps to the target."""
    assert measures.threshold(measures.figures(ROWS, {97: 0.5, 99: 0.85}), target) == threshold


def test_a_target_may_be_out_of_reach() -> None:
    """Then nothing would be answered, whatever the threshold."""
    assert measures.threshold(measures.figures(ROWS[1:2], {97: 0.5}), 80) is None
    assert measures.threshold(measures.figures(ROWS, {97: 0.5, 99: 2.0}), 99) is None


def test_nothing_was_measured_of_nothing() -> None:
    """No examples, no figures, and no error."""
    told = measures.figures([], {97: 0.5, 99: 0.9})

    assert (told["accuracy"], told["macro_f1"], told["curve"], told["languages"]) == (None, None, [], {})


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.floats(0, 1)), min_size=1, max_size=300).map(
        lambda told: [Said(number, "fr", *one) for number, one in enumerate(told)]
    )
)
def test_a_curve_begins_small_and_ends_with_all(rows: list[Said]) -> None:
    """Coverage rises to all, where precision is accuracy; there are no more points than an eye parts."""
    points = measures.curve(rows)

    assert [one.coverage for one in points] == sorted({one.coverage for one in points})
    assert points[-1].coverage == 1
    assert points[-1].precision == pytest.approx(sum(one.is_right for one in rows) / len(rows))
    assert len(points) <= measures.MOST_POINTS
