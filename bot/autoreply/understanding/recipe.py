"""The seam: what a kind of understanding must bring, so that everything else need not know it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.values import Example

Scores = NDArray[np.float32]
# How far a training is, of 1, and at what. It may raise, to break the training off.
Told = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a scorer is made of, as it is kept: arrays of numbers, and notes of plain JSON."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


class Scorer(Protocol):
    """What was learnt. Used by several threads at once; reads only numpy."""

    @property
    def labels(self) -> tuple[str, ...]: ...

    def score(self, texts: Sequence[str]) -> Scores:
        """Per text the probability of each of `labels`. What a row lacks to 1 is the chance that none of them was meant."""

    def is_whole(self) -> bool:
        """Whether everything it was trained with is at hand: the encoder may be missing, or still loading."""

    def parts(self) -> Parts: ...


@dataclass(frozen=True, slots=True)
class Learnt:
    """A scorer, and what scorers like it said of examples that they had not seen, row by row as the examples came.

    `without` is the same said without the encoder, for as long as that is not at hand.
    """

    scorer: Scorer
    unseen: Scores
    without: Scores


class Recipe(Protocol):
    """How one kind is learnt; `scorers` restores what it made by its name.

    `name` changes whenever what it makes could no longer be restored or compared.
    """

    name: str

    def train(self, examples: Sequence[Example], told: Told) -> Learnt:
        """The same examples give the same scorer, bit by bit. Raises Invalid when they cannot be learnt from."""
