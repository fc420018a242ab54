"""How a text sounds: words and signs of delight and disgust, what turns them around, and how loud it is.

The words stand in `mood.toml`.
"""

import html
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.desk import folding, language

_STRENGTHS = {"delight": 2.0, "pleasure": 1.0, "displeasure": -1.0, "disgust": -2.0}
_TURNED = -0.7  # "not good" is less bad than "bad"
_LOUDER, _SOFTER = 1.5, 0.6
_REACH = 3  # so many words on, a "not" or a "very" still holds
_SHORTEST_STEM = 3
_REMEMBERED = 20_000
_LONGEST = 1_000

_WORD = re.compile(r"[^\W\d_]+|[.!?;]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_LONG = re.compile(r"([^\W\d_])\1{2,}")


class _Strengths(dict[str, float]):
    """Word → how it sounds, 0 for most; words that may go on are found by their beginning."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        super().__init__()
        self._stems: dict[str, float] = {}
        for name, strength in _STRENGTHS.items():
            for word in classes[name].split():
                (self._stems if word.endswith("*") else self)[word.removesuffix("*")] = strength

    def __missing__(self, word: str) -> float:
        stems = (word[:length] for length in range(len(word), _SHORTEST_STEM - 1, -1))
        strength = next((self._stems[stem] for stem in stems if stem in self._stems), 0.0)
        if len(self) < _REMEMBERED:
            self[word] = strength
        return strength


@dataclass(frozen=True, slots=True)
class _Lexicon:
    strengths: _Strengths
    turning: frozenset[str]
    louder: frozenset[str]
    contrary: frozenset[str]


def tidy(text: str) -> str:
    """As it was meant to be read: escapes and entities undone, quotes that a table put around it taken off, every link and
    every handle alike, and nothing that is half a character; no longer than a mood takes to show.
    """
    text = text[:_LONGEST].encode("utf-8", "replace").decode()
    if "\\" in text or "&" in text:
        text = html.unescape(_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text).replace('\\"', '"'))
    text = _HANDLE.sub("@user", _LINK.sub("http", text)).replace('""', '"')
    return text.strip().strip('"').strip()


def features(text: str) -> NDArray[np.float32]:
    """The text as numbers of about the same size, in an order that never changes."""
    lexicons, signs = _lexicons()
    lexicon = lexicons.get(language.detect(text), lexicons["both"])
    shown = [strength for sign, strength in signs.items() if sign in text]
    turning = len({word.lower() for word in _WORD.findall(text)} & lexicon.turning)
    said = [
        *_said(_heard(text, lexicon)),
        sum(max(each, 0) for each in shown) / 2,
        sum(min(each, 0) for each in shown) / 2,
    ]
    return np.array([*said, *_manner(text), turning / 2], np.float32)


def _said(strengths: list[float]) -> list[float]:
    """What the words of a text come to: all of them, the strongest, and the last."""
    glad = sum(each for each in strengths if each > 0)
    cross = -sum(each for each in strengths if each < 0)
    length = math.sqrt(1 + len(strengths))
    return [
        glad / length,
        cross / length,
        (glad - cross) / length,
        math.tanh((glad - cross) / 2),
        float(glad > 0),
        float(cross > 0),
        float(not glad and not cross),
        max(strengths, default=0.0) / 2,
        min(strengths, default=0.0) / 2,
        (strengths[-1] if strengths else 0.0) / 2,
    ]


def _manner(text: str) -> list[float]:
    """How it is written, whatever it says."""
    return [
        min(text.count("!"), 4) / 4,
        min(text.count("?"), 4) / 4,
        float("..." in text or "…" in text),
        sum(map(str.isupper, text)) / (sum(map(str.isalpha, text)) or 1),
        float(bool(_LONG.search(text))),
        float("http" in text),
        min(len(text), 300) / 150,
    ]


def _heard(text: str, lexicon: _Lexicon) -> list[float]:
    """How each word sounds where it stands."""
    heard: list[float] = []
    turned = louder = 0
    for word in _WORD.findall(_plain(text)):
        if word in ".!?;":
            turned = louder = 0
            continue
        strength = lexicon.strengths[_LONG.sub(r"\1", word)]
        if word in lexicon.contrary:
            heard = [each * _SOFTER for each in heard]
        heard.append(strength * (_TURNED if turned else 1.0) * (_LOUDER if louder else 1.0))
        turned = _REACH if word in lexicon.turning else turned - bool(turned)
        louder = 1 if word in lexicon.louder else 0
    return heard


def _plain(text: str) -> str:
    return folding.fold(text).plain.replace("n't", " not").replace("’", "'")


@cache
def _lexicons() -> tuple[dict[str, _Lexicon], dict[str, float]]:
    file = tomllib.loads(Path(__file__).with_name("mood.toml").read_text(encoding="utf-8"))
    file["both"] = {name: f"{file['en'][name]} {file['fr'][name]}" for name in file["en"]}
    lexicons = {
        name: _Lexicon(
            _Strengths(file[name]), *(frozenset(file[name][which].split()) for which in ("not", "very", "but"))
        )
        for name in ("fr", "en", "both")
    }
    signs = {sign: strength for name, strength in _STRENGTHS.items() for sign in file["signs"][name].split()}
    return lexicons, signs
