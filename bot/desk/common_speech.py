"""The language of a text by its commonest words, for machines where `eldc` cannot be installed (Python 3.14, Linux on ARM).

Weaker on a few words, and cheap: every sentence needs its articles, pronouns and small verbs. Speaks like `eldc`, so that
`desk.language` need not know which of the two it asks.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TOKEN = re.compile(r"[^\W\d_]+")
_FRENCH_LETTERS = frozenset("éèêëàâçùûîïôœ")
_ENOUGH_HITS = 1.5
_AHEAD = 1.4


@dataclass(slots=True)
class Guess:
    """`scores` sum to 1 over the languages that share the words found."""

    language: str
    scores: dict[str, float]
    reliable: bool


class CommonWords:
    def detect_details(self, text: str, /) -> Guess:
        words = _TOKEN.findall(text.lower())
        if not words:
            return Guess("und", {}, reliable=False)
        hits = _hits(words)
        total = sum(hits.values())
        if not total:
            return Guess("other", {}, reliable=False)
        (_, second), (first_name, first) = sorted([("", 0.0), *hits.items()], key=lambda each: each[1])[-2:]
        scores = {language: count / total for language, count in hits.items()}
        return Guess(first_name, scores, reliable=first >= _ENOUGH_HITS and first >= _AHEAD * second)


@cache
def _speakers() -> dict[str, tuple[str, ...]]:
    """Word → the languages that use it. Read at the first message, not at import."""
    languages = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for language, text in languages.items():
        for word in text.split():
            found[word] = (*found.get(word, ()), language)
    return found


def _hits(words: list[str]) -> dict[str, float]:
    """How much speaks for each language: a word that many share says less; accents that French alone has say a little."""
    speakers = _speakers()
    hits: dict[str, float] = {}
    for word in words:
        languages = speakers.get(word, ())
        for language in languages:
            hits[language] = hits.get(language, 0.0) + 1 / len(languages)
        if not languages and _FRENCH_LETTERS.intersection(word):
            hits["fr"] = hits.get("fr", 0.0) + 0.5
    return hits
