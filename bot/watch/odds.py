"""How surprising it is that people came together so soon."""

import math
from dataclasses import dataclass

from bot.watch.people import GROUPS, Voices
from bot.watch.spikes import Finding
from bot.watch.tails import surprise
from bot.watch.usual import DAY, HOUR, Pace, Usual

_WITHIN_CHANCE = 2.0  # standard deviations: less is not worth its exact probability
_LEAN = 5.0  # messages an hour: fewer than these tell little of how busy it is
_LEAST_AN_HOUR, _LEAST_COMPLAINTS_AN_HOUR = 1.5, 0.6
_CLOSE = 5  # people at once are as far apart as so many messages usually are, or a minute


@dataclass(frozen=True, slots=True)
class Odds:
    """What is usual of one thing at a moment: so many a second in the last half hour, so many in a longer time.

    People who came closer together than `closest` seconds are taken to be so far apart.
    """

    near: float
    far: float
    closest: float

    def of(self, share: float) -> "Odds":
        """What is usual of a part of it."""
        return Odds(self.near * share, self.far * share, self.closest)

    def scan(self, term: str, voices: Voices, at: float) -> Finding | None:
        """The most surprising group of people among the last who said it; None where none is beyond chance."""
        best: Finding | None = None
        for size in GROUPS:
            if size > len(voices.voices):
                break
            seconds = max(at - voices.voices[-size].at, self.closest)
            usual = seconds * (self.near if seconds <= HOUR / 2 else self.far)
            if size <= usual + _WITHIN_CHANCE * math.sqrt(usual):
                continue
            score = surprise(size, usual)
            if best is None or score > best.score:
                best = Finding(term, score, size, usual, seconds, tuple(voices.voices[-size:]))
        return best


@dataclass(frozen=True, slots=True)
class Moment:
    """What is usual now, of everything and of complaints. `chance`: powers of ten that a day's messages bring about anyway."""

    anything: Odds
    complaints: Odds
    chance: float


def at(moment: float, anything: Usual, complaints: Usual, calm: Pace) -> Moment:
    """What is usual at a moment, where `calm` is how many come now who complain of nothing.

    When they are more than usual there is a bustle, and complaints grow with it.
    """
    near, far = anything.rates(moment)
    bad_near, bad_far = complaints.rates(moment)
    bustle = max((calm.at(moment) + _LEAN) / (max(far - bad_far, 0.0) * HOUR + _LEAN), 1.0)
    least, least_bad = _LEAST_AN_HOUR / HOUR, _LEAST_COMPLAINTS_AN_HOUR / HOUR
    rate = max(near, least)
    closest = min(60.0, _CLOSE / rate)
    return Moment(
        Odds(max(near * bustle, least), max(far * bustle, least), closest),
        Odds(max(bad_near * bustle, least_bad), max(bad_far * bustle, least_bad), closest),
        math.log10(max(rate * DAY, 1.0)),
    )
