"""How the words' weights are learnt and examined: a support vector machine for each label against all others."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]  # it ships no types
from sklearn.svm import LinearSVC  # type: ignore[import-untyped]  # it ships no types

from bot.autoreply.understanding import blas
from bot.autoreply.understanding.folds import Part
from bot.autoreply.understanding.linear import Linear
from bot.autoreply.understanding.ngrams import Ngrams

Floats = NDArray[np.float32]


def matrix(ngrams: Ngrams, texts: Sequence[str]) -> sparse.csr_array:
    """A row per text, a column per word or piece."""
    rows = [ngrams.row(text) for text in texts]
    ends = np.cumsum([0, *(len(row.columns) for row in rows)], dtype=np.int32)
    columns = np.concatenate([row.columns for row in rows])
    return sparse.csr_array(
        (np.concatenate([row.weights for row in rows]), columns, ends), (len(rows), len(ngrams.known))
    )


def learnt(
    rows: sparse.csr_array, labels: NDArray[np.int64], count: int, parts: Sequence[Part]
) -> tuple[Linear, Floats]:
    """What `rows` with `labels` teach, and the scores of each part by what the others teach. `count` labels there are."""
    everything = np.arange(len(labels))
    others = [np.setdiff1d(everything, part) for part in parts]
    with ThreadPoolExecutor(blas.cores()) as pool:  # the solver lets other threads run
        made = list(pool.map(lambda chosen: _fitted(rows[chosen], labels[chosen], count), [*others, everything]))
    scores = np.empty((len(labels), count), np.float32)
    for part, (weights, offsets) in zip(parts, made, strict=False):
        scores[part] = rows[part] @ weights + offsets
    weights, offsets = made[-1]
    return Linear(weights.astype(np.float16), offsets), scores


def _fitted(rows: sparse.csr_array, labels: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    """Weights and offsets for all `count` labels; one that no row has is spoken against by all."""
    present = np.unique(labels)
    weights, offsets = np.zeros((rows.shape[1], count), np.float32), np.full(count, -1.0, np.float32)
    if len(present) == 1:
        offsets[present] = 1.0
        return weights, offsets
    # This way of solving draws no lots: the other one does, from one pot for all threads.
    machine = LinearSVC(C=0.5, dual=False, tol=0.05).fit(rows, labels)
    found, start = machine.coef_.T, machine.intercept_
    if len(present) == 2:  # two labels have one weight between them
        found, start = np.hstack([-found, found]), np.array([-start[0], start[0]])
    weights[:, present], offsets[present] = found, start
    return weights, offsets
