"""A text as the words, pairs of words and pieces of words in it, weighed by how rare each is. Works without any encoder."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LONGEST = 2_000  # letters of a message that are read: what it is about is said by then
_WORD = re.compile(r"\w+|[^\w\s]")
_PIECES = range(2, 6)


def plain(text: str) -> str:
    """Small letters, without accents, and without what lies beyond the first two thousand."""
    parted = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    return "".join(sign for sign in parted if not unicodedata.combining(sign))


def words(text: str) -> Iterator[str]:
    """Words and pairs of words; a blank before each tells them from pieces."""
    found = [word for word in _WORD.findall(plain(text)) if word.isalnum()]
    yield from (f" {word}" for word in found)
    yield from (f" {first} {second}" for first, second in pairwise(found))


def pieces(text: str) -> Iterator[str]:
    """Two to five letters in a row within a word, its edges marked."""
    for word in _WORD.findall(plain(text)):
        edged = f"<{word}>"
        for size in _PIECES:
            yield from (edged[at : at + size] for at in range(len(edged) - size + 1))


@dataclass(frozen=True, slots=True)
class Row:
    """One text: which columns it has, and how much of each."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


class Ngrams:
    """Which words and pieces are known: each has its column, and its rarity."""

    def __init__(self, known: Sequence[str], rarity: NDArray[np.float32]) -> None:
        self.known = tuple(known)
        self.rarity = rarity
        self._columns = {gram: column for column, gram in enumerate(self.known)}

    @classmethod
    def learnt(cls, texts: Sequence[str]) -> "Ngrams":
        """Of `texts`: every word, and the pieces that more than one text has."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update({*words(text), *pieces(text)})
        known = sorted(gram for gram, count in counts.items() if count > 1 or gram[0] == " ")
        rarity = [1.0 + math.log((1 + len(texts)) / (1 + counts[gram])) for gram in known]
        return cls(known, np.array(rarity, np.float32))

    def row(self, text: str) -> Row:
        """Words and pieces each count half: long words would outvote short ones otherwise."""
        halves = [self._half(words(text)), self._half(pieces(text))]
        columns = np.concatenate([columns for columns, _ in halves])
        return Row(columns, np.concatenate([weights for _, weights in halves]))

    def _half(self, grams: Iterator[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        counts = Counter(column for gram in grams if (column := self._columns.get(gram)) is not None)
        columns = np.fromiter(counts, np.int32, len(counts))
        often: NDArray[np.float32] = np.fromiter(counts.values(), np.float32, len(counts))
        weights = (1 + np.log(often)) * self.rarity[columns]
        length = math.sqrt(float(weights @ weights))
        return columns, np.asarray(weights / (length or 1.0), np.float32)
