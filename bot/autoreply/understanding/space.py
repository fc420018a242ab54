"""The encoder's vectors made comparable: centred for the language they were said in, and turned to where they differ most.

A language leaves its mark on every vector. Without it, a question in French lies where the same question in English does, so
that a bot taught in one language understands the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.encoder import Vectors

Floats = NDArray[np.float32]

DIMENSIONS = 384
_LEAST = 1e-3
_SENTENCE_COUNTS = np.float32(2**0.5)  # the sentence's word is worth twice that of the middle


@dataclass(frozen=True, slots=True)
class Space:
    """`centres` of `languages`: each a row for the sentence and one for the middle. The first stands for all unknown ones.

    `spreads` are the middle's; `turn` leads to the directions that matter.
    """

    languages: tuple[str, ...]
    centres: Floats
    spreads: Floats
    turn: Floats

    @classmethod
    def of(cls, vectors: Vectors, spoken: Sequence[str], centres: dict[str, Floats]) -> "Space":
        """The space of the examples' `vectors`, `spoken` in languages of which each has its centre."""
        made = np.stack(list(centres.values()))
        languages = tuple(centres)
        own = made[[languages.index(language) for language in spoken]]
        spreads = np.asarray((vectors.middle - own[:, 1]).std(axis=0) + _LEAST, np.float32)
        levelled = _levelled(vectors, own, spreads)
        strength, directions = np.linalg.eigh((levelled.T @ levelled).astype(np.float64))
        kept = directions[:, np.argsort(-strength)[:DIMENSIONS]]
        signs = np.sign(kept[np.abs(kept).argmax(axis=0), range(kept.shape[1])])  # either way would do: one is chosen
        return cls(languages, made, spreads, np.asarray(kept * signs, np.float32))

    def place(self, vectors: Vectors, spoken: Sequence[str]) -> Floats:
        """Rows of length 1: what is near there means the like."""
        numbers = [self.languages.index(language) if language in self.languages else 0 for language in spoken]
        return unit(_levelled(vectors, self.centres[numbers], self.spreads) @ self.turn)


def centre(vectors: Vectors) -> Floats:
    """A row for the sentence, and one for the middle."""
    return np.stack([rows.mean(axis=0) for rows in vectors])


def unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)


def _levelled(vectors: Vectors, centres: Floats, spreads: Floats) -> Floats:
    sentence = unit(vectors.sentence - centres[:, 0]) * _SENTENCE_COUNTS
    return np.concatenate([sentence, unit((vectors.middle - centres[:, 1]) / spreads)], axis=1)
