"""Examples that are nearly the same: of two intents they teach the bot to doubt, of one they teach it nothing new. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.model.intent import key

NEAR = 0.62  # of the pieces of both that are in both; where noisy copies and other sentences part best
_PIECE = 4  # letters


@dataclass(frozen=True, slots=True)
class Known:
    """A text that is an example already, and whose."""

    text: str
    owner: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What was typed in a line, and the example that it resembles. `owner` is empty for another line of the same list."""

    line: int
    text: str
    other: str
    owner: str
    is_same: bool


def doubts(lines: Sequence[str], known: Iterable[Known]) -> list[Doubt]:
    """For each line its nearest neighbour, where that is near: among what is known, and among the lines before it."""
    book = _Book(known)
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if nearest := book.nearest(line):
            other, share = nearest
            found.append(Doubt(number, line, other.text, other.owner, is_same=share == 1))
        book.add(Known(line, ""))
    return found


class _Book:
    """Texts by their pieces, so that only those are compared that share some."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known: list[tuple[Known, str, int]] = []
        self._by_piece: dict[str, list[int]] = {}
        for one in known:
            self.add(one)

    def add(self, one: Known) -> None:
        plain = key(one.text)
        pieces = _pieces(plain)
        for piece in pieces:
            self._by_piece.setdefault(piece, []).append(len(self._known))
        self._known.append((one, plain, len(pieces)))

    def nearest(self, text: str) -> tuple[Known, float] | None:
        """The most alike, and the share of pieces in common: 1 only for the same words."""
        plain = key(text)
        pieces = _pieces(plain)
        shared = Counter(number for piece in pieces for number in self._by_piece.get(piece, ()))
        best: tuple[Known, float] | None = None
        for number, count in shared.items():
            one, other, size = self._known[number]
            share = 1.0 if plain == other else min(count / (len(pieces) + size - count), 0.99)
            if share >= NEAR and (best is None or share > best[1]):
                best = one, share
        return best


def _pieces(plain: str) -> frozenset[str]:
    framed = f" {plain} "
    return frozenset(framed[place : place + _PIECE] for place in range(max(1, len(framed) - _PIECE + 1)))
