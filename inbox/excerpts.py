"""The part of a text that shows why it was found, with the words that were asked for marked."""

import re
from collections.abc import Sequence

from bot.store import indexes

LENGTH = 170
BEFORE = 50
_WORD = re.compile(r"[^\W_]+")

# Parts of a text in their order, each with whether it was asked for.
Excerpt = list[tuple[str, bool]]


def of(text: str, words: Sequence[str]) -> Excerpt:
    """Some of the text around the first word that was asked for. The last word asked may be a beginning."""
    flat = " ".join(text.split())
    hits = [found.span() for found in _WORD.finditer(flat) if _is_asked(found[0], words)]
    start = max(0, hits[0][0] - BEFORE) if hits else 0
    start = flat.find(" ", start) + 1 if start else 0
    end = start + LENGTH
    parts: Excerpt = [("… ", False)] if start else []
    place = start
    for left, right in hits:
        if start <= left and right <= end:
            parts += [(flat[place:left], False), (flat[left:right], True)]
            place = right
    return [*parts, (flat[place:end], False), *([("…", False)] if end < len(flat) else [])]


def _is_asked(word: str, words: Sequence[str]) -> bool:
    folded = indexes.words(word)
    is_begun = len(words[-1]) >= indexes.PREFIX if words else False
    return any(one in words or (is_begun and one.startswith(words[-1])) for one in folded)
