"""What a detector says when it finds something: a spike, with all that is needed to doubt it."""

from collections.abc import Sequence

import msgspec

from bot.watch import words
from bot.watch.people import Voice
from bot.watch.usual import HOUR

_SEVERITIES = (("sev1", 100.0), ("sev2", 25.0), ("sev3", 8.0))
_MILD = "sev4"


class Finding(msgspec.Struct, frozen=True):
    """One term (empty for complaints as a whole): `people` came together in `seconds`, where `expected` are usual."""

    term: str
    score: float
    people: int
    expected: float
    seconds: float
    voices: tuple[Voice, ...]


class Spike(msgspec.Struct, frozen=True):
    """Times are seconds of the epoch. `score`: powers of ten beyond chance, as in `Thresholds`.

    `expected` and `people` are those who complained and how many usually do in the same time. `doubts` are keys of reasons why it
    may be none.
    """

    suspected_at: float
    first_message_at: float
    people: int
    messages: tuple[str, ...]
    words: tuple[str, ...]
    score: float
    severity: str
    expected: float
    doubts: tuple[str, ...] = ()


def of(at: float, whole: Finding, terms: Sequence[Finding]) -> Spike:
    """The spike that these findings make together."""
    surprising = [one for one in terms if one.score > 0]
    voices = {voice.message: voice for one in (whole, *surprising) for voice in one.voices}
    heard = sorted(voices.values(), key=lambda voice: (voice.at, voice.message))
    people = {voice.person for voice in heard}
    is_complaint = sum(voice.is_problem for voice in heard) * 4 >= len(heard)
    return Spike(
        suspected_at=at,
        first_message_at=heard[0].at,
        people=len(people),
        messages=tuple(voice.message for voice in heard),
        words=tuple(words.shown(one.term) for one in surprising),
        score=round(whole.score, 2),
        severity=_severity(whole),
        expected=round(whole.expected, 3),
        doubts=() if is_complaint else ("no_known_problem",),
    )


def _severity(whole: Finding) -> str:
    """By how many people an hour it would go on with, and how many times what is usual that is: the milder of the two."""
    an_hour = whole.people / whole.seconds * HOUR
    harm = min(an_hour, 10 * whole.people / max(whole.expected, 1e-3))
    return next((name for name, least in _SEVERITIES if harm >= least), _MILD)
