"""How soon somebody must look, and why: points for and against, each with a reason that can be shown."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from bot.autoreply.understanding import phrasing, spelling
from bot.autoreply.understanding.phrasing import Phrasebook
from bot.autoreply.understanding.spelling import Speller
from bot.autoreply.understanding.values import Danger, Urgency

AT_ONCE = frozenset({Danger.FRAUD, Danger.STOLEN_CARD, Danger.PHISHING, Danger.THREAT, Danger.SELF_HARM})
NEGATIVE, POSITIVE = "negative", "positive"

_SHOUTED_LETTERS, _SHOUTED_SHARE, _SHOUTED_MARKS = 12, 0.7, 3
_HIGH, _URGENT, _LOW = 2, 5, -2
_OFTEN = 3  # so many messages without an answer


class Reason(StrEnum):
    """The keys of the words that an agent is shown; the headings of urgency.toml are among them."""

    DANGER_NOW = "danger_now"
    DANGER = "danger"
    STRANDED = "stranded"
    PRESSING = "pressing"
    AGAIN = "again"
    UNANSWERED = "unanswered"
    CROSS = "cross"
    SHOUTING = "shouting"
    CALM = "calm"
    THANKS = "thanks"


# They add up; a reason counts once.
POINTS = {
    Reason.DANGER_NOW: 6,
    Reason.DANGER: 3,
    Reason.STRANDED: 3,
    Reason.PRESSING: 2,
    Reason.AGAIN: 1,
    Reason.UNANSWERED: 2,
    Reason.CROSS: 1,
    Reason.SHOUTING: 1,
    Reason.CALM: -3,
    Reason.THANKS: -2,
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """`reasons` from the weightiest to the lightest, those that speak against urgency last."""

    urgency: Urgency
    reasons: tuple[Reason, ...]


def of(text: str, mood: str, dangers: Collection[Danger], unanswered: int = 0) -> Urgency:
    """How urgent a message is. `unanswered`: how many of the same person's messages before it have had no answer."""
    return weigh(text, mood, dangers, unanswered).urgency


def weigh(text: str, mood: str, dangers: Collection[Danger], unanswered: int = 0) -> Weighed:
    """The same, with the reasons."""
    reasons = {Reason(name) for name, _ in _book().says.find(_book().speller.words(text))}
    if dangers:
        reasons.add(Reason.DANGER if AT_ONCE.isdisjoint(dangers) else Reason.DANGER_NOW)
    if unanswered >= _OFTEN:
        reasons.add(Reason.UNANSWERED)
    elif unanswered:
        reasons.add(Reason.AGAIN)
    if mood == NEGATIVE:
        reasons.add(Reason.CROSS)
    if _is_shouted(text):
        reasons.add(Reason.SHOUTING)
    if mood != POSITIVE or "?" in text:  # "thanks in advance" begins many a request
        reasons.discard(Reason.THANKS)
    if Reason.CALM in reasons:  # "not urgent" holds the word, too
        reasons.discard(Reason.PRESSING)
    return Weighed(_level(reasons), tuple(sorted(reasons, key=lambda each: -POINTS[each])))


def _level(reasons: Collection[Reason]) -> Urgency:
    """No politeness outweighs danger."""
    points = sum(POINTS[reason] for reason in reasons)
    if points >= _URGENT or Reason.DANGER_NOW in reasons:
        return Urgency.URGENT
    if points >= _HIGH or Reason.DANGER in reasons:
        return Urgency.HIGH
    return Urgency.LOW if points <= _LOW else Urgency.NORMAL


def _is_shouted(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    capitals = sum(map(str.isupper, text))
    return text.count("!") >= _SHOUTED_MARKS or (letters >= _SHOUTED_LETTERS and capitals >= _SHOUTED_SHARE * letters)


@dataclass(frozen=True, slots=True)
class _Book:
    speller: Speller
    says: Phrasebook


@cache
def _book() -> _Book:
    """Made at the first message, not at import."""
    file = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    plain = Speller(spelling.short_forms())
    says = {reason: phrasing.read(lines, {}, plain) for reason, lines in file.items()}
    known = phrasing.words_of(phrase for phrases in says.values() for phrase in phrases)
    return _Book(Speller(spelling.short_forms(), known), Phrasebook(says))
