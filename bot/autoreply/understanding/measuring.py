"""What a model is worth on examples that it has not seen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.recipe import Scores

PROMISED = (0.97, 0.99)
_WORST = 12

Columns = NDArray[np.int64]


def figures(scores: Scores, labels: Sequence[str], meant: Columns, least: Mapping[float, float]) -> dict[str, Any]:
    """Accuracy, macro F1, and for each precision that was promised what was kept; `least`: how sure it had to be for it.

    `meant` is -1 for a label that was never taught: what is answered then is wrong.
    """
    said, sure = scores.argmax(axis=1), scores.max(axis=1)
    right = said == meant
    found: dict[str, Any] = {"examples": len(meant), "accuracy": _share(right), "macro_f1": _macro(said, meant)}
    found["coverage_at"], found["precision_at"] = {}, {}
    for target, threshold in least.items():
        answered = sure >= threshold
        found["coverage_at"][f"{target:.2f}"] = _share(answered)
        found["precision_at"][f"{target:.2f}"] = _share(right[answered]) if answered.any() else None
    found["per_label"] = per_label(said, labels, meant)
    return found


def per_label(said: Columns, labels: Sequence[str], meant: Columns) -> dict[str, dict[str, float]]:
    """Of each label that was meant or said: precision, recall, F1, and how many there were."""
    made = {}
    for number, label in enumerate(labels):
        was, claimed = meant == number, said == number
        if was.any() or claimed.any():
            hit = int((was & claimed).sum())
            made[label] = {
                "precision": hit / max(int(claimed.sum()), 1),
                "recall": hit / max(int(was.sum()), 1),
                "f1": 2 * hit / int(was.sum() + claimed.sum()),
                "examples": int(was.sum()),
            }
    return made


def confusions(scores: Scores, labels: Sequence[str], meant: Columns) -> list[tuple[str, str, int]]:
    """The pairs that are confused most: what was meant, what was said, how often."""
    counts: dict[tuple[int, int], int] = {}
    for one, other in zip(meant, scores.argmax(axis=1), strict=True):
        if one not in (-1, other):
            counts[int(one), int(other)] = counts.get((int(one), int(other)), 0) + 1
    worst = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_WORST]
    return [(labels[one], labels[other], count) for (one, other), count in worst]


def _macro(said: Columns, meant: Columns) -> float:
    """The mean F1 of all labels that occur; one that was never taught cannot be found."""
    each = []
    for number in np.unique(meant):
        was, claimed = meant == number, said == number
        each.append(0.0 if number < 0 else 2 * int((was & claimed).sum()) / int(was.sum() + claimed.sum()))
    return float(np.mean(each)) if each else 0.0


def _share(of: NDArray[np.bool_]) -> float:
    return float(of.mean()) if len(of) else 0.0
