"""What a text looks like from several sides, and the voices that have learnt to hear a mood in some of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.kernel import Kernel
from bot.autoreply.understanding.mixing import softmax
from bot.autoreply.understanding.ngrams import Row
from bot.autoreply.understanding.space import unit

WORDS, TONE, SENTENCE, MIDDLE, DEEP = "words", "tone", "sentence", "middle", "deep"
SURE = 4.0  # how much an echo's nearness to 1 counts

Floats = NDArray[np.float32]
Views = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Range:
    """Where the examples of a view lie: their middle, and how far they spread in each direction."""

    middle: Floats
    spread: Floats

    def place(self, rows: Floats) -> Floats:
        return np.asarray((rows - self.middle) / self.spread, np.float32)


@dataclass(frozen=True, slots=True)
class Voice:
    """Weighs. By view, a row per number of the view and a column per label."""

    weights: Mapping[str, NDArray[np.floating[Any]]]
    offsets: Floats

    @property
    def views(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def say(self, words: Sequence[Row], views: Views) -> Floats:
        scores = np.tile(self.offsets, (len(words), 1))
        for name, weights in self.weights.items():
            if name == WORDS:
                scores += np.stack([row.weights @ weights[row.columns].astype(np.float32) for row in words])
            else:
                scores += views[name] @ weights
        return softmax(scores)


@dataclass(frozen=True, slots=True)
class Echo:
    """Compares with every example. `loudness` by view."""

    loudness: Mapping[str, float]
    kernel: Kernel

    @property
    def views(self) -> tuple[str, ...]:
        return tuple(self.loudness)

    def say(self, words: Sequence[Row], views: Views) -> Floats:
        assert len(words) == len(next(iter(views.values())))
        return softmax(SURE * self.kernel.score(beside(views, self.loudness)))


def beside(views: Views, loudness: Mapping[str, float]) -> Floats:
    """Several views as one, each as loud as it should be: rows of length 1."""
    return unit(np.concatenate([views[name] * np.float32(loud) for name, loud in loudness.items()], axis=1))


def can_say(voice: Voice | Echo, views: Mapping[str, object]) -> bool:
    """Whether everything is there that the voice listens to. Words always are."""
    return all(name == WORDS or name in views for name in voice.views)
