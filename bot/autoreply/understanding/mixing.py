"""How much the two ways of learning count, so that what they say together is a probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mix:
    """`likeness` and `words` weigh the two when both are there; `words_alone` when there is no encoder."""

    likeness: float
    words: float
    words_alone: float

    def both(self, likenesses: Floats, words: Floats) -> Floats:
        return softmax(self.likeness * likenesses + self.words * words)

    def alone(self, words: Floats) -> Floats:
        return softmax(self.words_alone * words)


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
