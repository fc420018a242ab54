"""Accuracy, F1, coverage and precision, as everybody counts them."""

import numpy as np
import pytest

from bot.autoreply.understanding import measuring

LABELS = ("a", "b", "c")
SCORES = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0], [0.3, 0.7, 0], [0.6, 0.4, 0]], np.float32)


def test_figures_are_counted_as_everybody_counts() -> None:
    """Three of four are right; of those surer than 0.65 all are."""
    found = measuring.figures(SCORES, LABELS, np.array([0, 0, 1, 1]), {0.97: 0.65})

    assert found["accuracy"] == 0.75
    assert found["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)
    assert found["coverage_at"] == {"0.97": 0.75}
    assert found["precision_at"] == {"0.97": 1.0}
    assert found["per_label"]["b"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "examples": 2}
    assert "c" not in found["per_label"]


def test_what_was_never_taught_counts_as_wrong() -> None:
    """Whatever is said of it, it is not right, and answering it costs precision."""
    found = measuring.figures(SCORES, LABELS, np.array([-1, 0, 1, 0]), {0.97: 0.65})

    assert found["accuracy"] == 0.75
    assert found["precision_at"]["0.97"] == pytest.approx(2 / 3)
    assert found["macro_f1"] == pytest.approx((0 + 0.8 + 1) / 3)


def test_without_examples_there_is_nothing_to_say() -> None:
    """No division by nobody."""
    found = measuring.figures(np.empty((0, 3), np.float32), LABELS, np.empty(0, np.int64), {0.97: 0.5})

    assert (found["accuracy"], found["macro_f1"], found["precision_at"]["0.97"]) == (0.0, 0.0, None)


def test_what_is_confused_most_comes_first() -> None:
    """What was meant, what was said, and how often."""
    said = np.eye(3, dtype=np.float32)[[0, 0, 1, 2]]

    assert measuring.confusions(said, LABELS, np.array([1, 1, 0, 2])) == [("b", "a", 2), ("a", "b", 1)]
