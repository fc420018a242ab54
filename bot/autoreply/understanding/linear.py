"""Learning by words: for each label, which words and pieces of words speak for it and which against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.ngrams import Row

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Linear:
    """`weights`: a row per word or piece, a column per label; half precision, for there are many."""

    weights: NDArray[np.float16]
    offsets: Floats

    def score(self, row: Row) -> Floats:
        """Above 0 what is likelier than not, for each label."""
        return np.asarray(row.weights @ self.weights[row.columns].astype(np.float32) + self.offsets, np.float32)
