"""How a kernel machine is made and examined.

It is solved in one step, without a random start, and its inverse also tells what it would have said of each example had it not
seen it: the examination costs no second training.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg  # type: ignore[import-untyped]  # it ships no types

from bot.autoreply.understanding.folds import Part
from bot.autoreply.understanding.kernel import Kernel, likeness

Floats = NDArray[np.float32]

RIDGE = 0.1
# With more examples than this the matrix of likenesses would not fit a small machine: 12,000 take two gigabytes while learning.
MOST = 12_000


def learnt(points: Floats, targets: Floats, parts: Sequence[Part], ridge: float = RIDGE) -> tuple[Kernel, Floats]:
    """The kernel machine of `points`, and its scores of each part as if it had learnt from the others alone."""
    inverse = _inverse(likeness(points, points), ridge)
    weights = inverse @ targets
    return Kernel(points, weights), unseen(inverse, weights, targets, parts)


def unseen(inverse: Floats, weights: Floats, targets: Floats, parts: Sequence[Part]) -> Floats:
    """What is missing to each part when it is left out follows from the part's own block of the inverse."""
    scores = np.empty_like(targets)
    for part in parts:
        block = inverse[np.ix_(part, part)]
        scores[part] = targets[part] - linalg.solve(block, weights[part], assume_a="pos", check_finite=False)
    return scores


def _inverse(likenesses: Floats, ridge: float) -> Floats:
    """Of a matrix that is used up: it is as large as all else together."""
    likenesses[np.diag_indices(len(likenesses))] += np.float32(ridge)
    factor = linalg.cholesky(likenesses, lower=True, overwrite_a=True, check_finite=False)
    half, fault = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    assert fault == 0
    lower = np.tril(half, -1)
    whole = lower + lower.T
    whole[np.diag_indices(len(whole))] = np.diag(half)
    return np.asarray(whole, np.float32)
