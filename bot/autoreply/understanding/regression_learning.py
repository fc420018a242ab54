"""Logistic regression over several views of the same rows at once, some of them sparse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize  # type: ignore[import-untyped]  # it ships no types
from scipy.special import logsumexp  # type: ignore[import-untyped]

Numbers = NDArray[np.float64]
Rows = Any  # numbers, or a sparse table of them, which has no types

_RIDGE_OF_OFFSETS = 1e-3  # or that of a label which none of the rows has would never come to rest


@dataclass(frozen=True, slots=True)
class Regression:
    """A matrix of weights for each view, and an offset per label."""

    weights: list[Numbers]
    offsets: Numbers

    @classmethod
    def fitted(cls, heard: Sequence[Rows], wanted: Numbers, freedom: float) -> "Regression":
        """The likeliest weights, the smaller the likelier; `wanted` is 1 where a row has the label."""
        sizes = [(rows.shape[1], wanted.shape[1]) for rows in heard]
        ends = np.cumsum([0, *(high * wide for high, wide in sizes)])

        def taken_apart(flat: Numbers) -> "Regression":
            weights = [flat[ends[each] : ends[each + 1]].reshape(size) for each, size in enumerate(sizes)]
            return cls(weights, flat[ends[-1] :])

        def missed(flat: Numbers) -> tuple[float, Numbers]:
            model = taken_apart(flat)
            scores = model.scores(heard)
            logs = scores - logsumexp(scores, axis=1, keepdims=True)
            off = freedom * (np.exp(logs) - wanted)
            slopes = [rows.T @ off + weights for rows, weights in zip(heard, model.weights, strict=True)]
            slope = np.concatenate(
                [*(each.ravel() for each in slopes), off.sum(axis=0) + _RIDGE_OF_OFFSETS * model.offsets]
            )
            smallness = flat[: ends[-1]] @ flat[: ends[-1]] + _RIDGE_OF_OFFSETS * (model.offsets @ model.offsets)
            return float(smallness / 2 - freedom * (logs * wanted).sum()), slope

        start = np.zeros(int(ends[-1]) + wanted.shape[1])
        best = optimize.minimize(missed, start, jac=True, method="L-BFGS-B", options={"maxiter": 300, "ftol": 1e-6})
        return taken_apart(best.x)

    def scores(self, heard: Sequence[Rows]) -> Numbers:
        said = [rows @ weights for rows, weights in zip(heard, self.weights, strict=True)]
        return np.asarray(self.offsets + np.sum(said, axis=0))
