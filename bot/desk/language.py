"""Which of the desk's languages a message is written in: "fr", "en", "other", or "" when nobody could tell.

A wrong language routes to the wrong agent, so a doubtful text keeps the language that its conversation or contact has.
"""

import re
from functools import cache
from typing import Protocol

from bot.desk import common_speech

try:
    import eldc  # type: ignore[import-untyped]  # it ships neither types nor stubs
except ImportError:  # it has no wheel for this Python or this processor, and compiling it is not everybody's affair
    eldc = None

DESK = ("fr", "en")

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#&][\w.@-]+|\[[^\[\]•]{0,20}•[^\[\]]{0,20}\]")
_SIGNS = ("@", "#", "&", "//", "www", "•")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_ENOUGH = 2_000
_LETTERS_NEEDED = 4
_LIKELY = 0.55
_AHEAD = 0.25
_AS_GOOD = 0.05
_SCORES_KEPT = 8
_POSSIBLE = 0.3
_SURELY_OTHER = 0.6
_LETTERS_OF_OTHERS = 8


class _Guess(Protocol):
    language: str
    scores: dict[str, float]
    reliable: bool


class _Detector(Protocol):
    def detect_details(self, text: str, /) -> _Guess: ...


def detect(text: str, hint: str = "") -> str:
    """The language of `text`; `hint` when it is too short or too mixed to tell."""
    words = text[:_ENOUGH]
    if any(sign in words for sign in _SIGNS):
        words = _NOT_WORDS.sub(" ", words)
    guess = _guessed(words)
    if guess.language == "und":
        return hint
    if guess.reliable:
        return guess.language if guess.language in DESK else "other"
    return hint or _likely(words, guess.scores) or _by_common_words(words, guess.scores)


def _guessed(words: str) -> _Guess:
    try:
        return _detector().detect_details(words)
    except UnicodeEncodeError:  # half a character, which no network sends, but a file may hold
        return _detector().detect_details(words.encode("utf-8", "replace").decode())


def _likely(words: str, scores: dict[str, float]) -> str:
    """A few words, or one: believed when French and English are not confused, and no third language fits better."""
    if sum(map(len, _LETTERS.findall(words))) < _LETTERS_NEEDED:
        return ""
    (second, _), (first, name) = sorted((scores.get(name, 0.0), name) for name in DESK)
    is_clear = first >= _LIKELY and first - second >= _AHEAD and first >= max(scores.values()) - _AS_GOOD
    return name if is_clear else ""


def _by_common_words(words: str, scores: dict[str, float]) -> str:
    """A second vote, where the first was unsure: words that one of our languages has, where the first thought of it, too."""
    guess = common_speech.CommonWords().detect_details(words)
    hits = {name: guess.scores.get(name, 0.0) for name in DESK}
    (second, _), (_, name) = sorted((share, name) for name, share in hits.items())
    if guess.language == name and not second and (guess.reliable or scores.get(name, 0.0) >= _POSSIBLE):
        return name
    is_other = not guess.scores and not any(map(scores.get, DESK)) and max(scores.values()) >= _SURELY_OTHER
    return "other" if is_other and sum(map(len, _LETTERS.findall(words))) >= _LETTERS_OF_OTHERS else ""


@cache
def _detector() -> _Detector:
    """Made at the first message, not at import: it maps 23 MB of a library."""
    if eldc is None:
        return common_speech.CommonWords()
    eldc.init()
    detector = eldc.instance()
    detector.set_scores(_SCORES_KEPT)
    return detector  # type: ignore[no-any-return]  # the library has no types
