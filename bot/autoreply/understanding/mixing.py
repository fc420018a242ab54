"""How much the two ways of learning count, so that what they say together is a probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mix:
    """`likeness` and `words` weigh the two when both are there; `words_alone` when there is no encoder.

    `little` is what of each a text must at least show to be taken for anything that was taught: a row of probabilities is
    short of 1 by the chance that none of it was meant.
    """

    likeness: float
    words: float
    words_alone: float
    little: tuple[float, float]

    def both(self, likenesses: Floats, words: Floats) -> Floats:
        return shares(likenesses, words, (self.likeness, self.words), self.little)

    def alone(self, words: Floats) -> Floats:
        return shares(words, words, (0.0, self.words_alone), self.little)


def shares(likenesses: Floats, words: Floats, weights: tuple[float, float], little: tuple[float, float]) -> Floats:
    """The probability of each label, when likenesses count as much as the first of `weights`, and words as the second."""
    least = weights[0] * little[0] + weights[1] * little[1]
    nothing = np.full((len(words), 1), least, np.float32)
    return softmax(np.hstack([weights[0] * likenesses + weights[1] * words, nothing]))[:, :-1]


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
