"""How sure is sure enough: for each precision that an operator may ask for, from which probability on it was kept.

Told from examples that the scorer had not seen, and from nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.recipe import Scores

TARGETS = range(50, 100)  # right so many times in 100
USUAL = 97
NEVER = 2.0  # no probability is as high
# What is not likelier than not is never answered: where examples are easy, guesses turn out well, but others ask too.
LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Point:
    """Asked to be right `target` times in 100: from `threshold` on, `coverage` of all was answered, `precision` of it rightly."""

    target: int
    threshold: float
    coverage: float
    precision: float


def points(scores: Scores, meant: NDArray[np.int64]) -> tuple[Point, ...]:
    """A point for each of TARGETS. `meant` are the right columns of `scores`."""
    if not len(meant):
        return tuple(Point(target, NEVER, 0.0, 0.0) for target in TARGETS)
    sure = scores.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum((scores.argmax(axis=1) == meant)[order])
    # The point is chosen where luck was best. One mistake more than were made takes that back.
    precise = right / (np.arange(len(order)) + 2)
    precise[sure[order] < LEAST] = 0
    precise[:-1][sure[order][:-1] == sure[order][1:]] = 0  # who is as sure as the next is not answered without it
    return tuple(_point(target, sure[order], right, precise) for target in TARGETS)


def at(found: Iterable[Point], target: float) -> Point:
    """The point for a target between 0.5 and 0.99; the next stricter one when it lies between two."""
    wanted = min(max(int(np.ceil(round(target * 100, 6))), TARGETS[0]), TARGETS[-1])
    return next(point for point in found if point.target == wanted)


def _point(target: int, sure: Scores, right: NDArray[np.int64], precise: NDArray[np.float64]) -> Point:
    good = np.flatnonzero(precise >= target / 100)
    if not len(good):
        return Point(target, NEVER, 0.0, 0.0)
    last = int(good[-1])
    answered = last + 1
    return Point(target, float(sure[last]), answered / len(sure), float(right[last]) / answered)
