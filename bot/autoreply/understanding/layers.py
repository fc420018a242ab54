"""The encoder's layers: the pieces of texts in, two vectors per text out.

A piece is looked at alone and together with its neighbours (windows of two, three and five pieces); all that is summed over the
text, projected (the middle), and goes through four small layers (the sentence).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 512
# How many pieces a window has, and how many of them stand before the piece itself.
_WINDOWS = ((2, 0), (3, 1), (5, 2))

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layers:
    """Weights by the names that they have in the package."""

    weights: Mapping[str, Floats]
    epsilon: float

    @classmethod
    def named(cls, kept: Mapping[str, NDArray[Any]]) -> "Layers":
        arrays = {name: np.asarray(array, np.float32) for name, array in kept.items() if array.ndim}
        return cls(arrays, float(kept["eps"]))

    def forward(self, pieces: Floats, counts: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """`pieces` of all texts one after the other, `counts` how many each has → sentence, middle."""
        starts = np.cumsum(counts) - counts
        alone = np.split(self._alone(pieces), len(_WINDOWS), axis=1)
        views = [self._windowed(rows, neighbours(starts, counts, *window), window[0])
                 for rows, window in zip(alone, _WINDOWS, strict=True)]  # fmt: skip
        seen = _levelled(
            np.concatenate([pieces, *views], axis=1), self.weights["ln_g"], self.weights["ln_b"], self.epsilon
        )
        many = counts[:, None].astype(np.float32)
        middle = np.add.reduceat(seen, starts, axis=0) @ self.weights["cnn_W"] + many * self.weights["cnn_b"]
        middle /= np.sqrt(many)
        return self.upward(middle), middle

    def upward(self, middle: Floats) -> Floats:
        """The last layers: from the middle to the sentence, of length 1."""
        of = self.weights
        first = np.maximum(middle @ of["d0"], 0)
        second = np.maximum(middle @ of["p1"] + first @ of["d1"], 0)
        third = np.maximum(second @ of["d2"], 0)
        sentence = np.tanh(second @ of["p3"] + third @ of["d3"])
        lengths = np.sqrt(np.clip(np.einsum("ij,ij->i", sentence, sentence), self.epsilon, None))
        return np.asarray(sentence / lengths[:, None], np.float32)

    def _alone(self, pieces: Floats) -> Floats:
        """Each piece by itself, once for each size of window, side by side and levelled together."""
        of, sizes = self.weights, [size for size, _ in _WINDOWS]
        rows = pieces @ np.concatenate([of[f"proj{size}"] for size in sizes], axis=1)
        rows += np.concatenate([of[f"proj_b{size}"] for size in sizes])
        gain, offset = (np.concatenate([of[f"{name}{size}"] for size in sizes]) for name in ("ln_g", "ln_b"))
        return _levelled(rows, gain, offset, self.epsilon)

    def _windowed(self, alone: Floats, window: NDArray[np.int64], size: int) -> Floats:
        """Each piece with its neighbours, twice over. Beyond a text's edge there is nothing: a row of zeros."""
        of = self.weights
        once = alone + np.maximum(_gathered(alone, window) @ of[f"w1_{size}"] + of[f"b1_{size}"], 0)
        twice = once + np.maximum(_gathered(once, window) @ of[f"w2_{size}"] + of[f"b2_{size}"], 0)
        return np.asarray(twice, np.float32)


def neighbours(starts: NDArray[np.int64], counts: NDArray[np.int64], size: int, before: int) -> NDArray[np.int64]:
    """For each piece the rows of its window; the row after the last stands for what lies outside of its text."""
    total = int(counts.sum())
    rows = np.arange(total)[:, None] + np.arange(-before, size - before)
    first, end = np.repeat(starts, counts)[:, None], np.repeat(starts + counts, counts)[:, None]
    return np.where((rows >= first) & (rows < end), rows, total)


def _gathered(rows: Floats, window: NDArray[np.int64]) -> Floats:
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
    return padded[window].reshape(len(window), -1)


def _levelled(rows: Floats, gain: Floats, offset: Floats, epsilon: float) -> Floats:
    """Each row with mean 0 and variance 1, then scaled as was learnt."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred) / centred.shape[1]
    return np.asarray(centred * (1 / np.sqrt(variance + epsilon))[:, None] * gain + offset, np.float32)
