"""A series of counts, one after the other in, a score from 0 to 1 out: how far this is above anything usual.

On a logarithmic scale a quick and a slow mean are held against a long one that outliers cannot pull along, in units of its usual
deviation and after taking off what the hour of the day brings. How high that goes on an ordinary day is learnt as well, so
that one threshold fits a brand that is named thrice an hour and one that is named thrice a second. After an alarm there is
silence, until something nearly twice as surprising comes. Every setting was fixed on five public series of mentions, by the mean
over settings varied around them rather than by the best.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ALARM = 0.5

_ADDED = 4.3  # counts, before the logarithm: below that, little is nothing
_QUICK, _SLOW, _LONG, _SPREAD = (timedelta(minutes=minutes) for minutes in (2.25, 68, 2375, 5490))  # half-lives
_SLOW_COUNTS = 0.84
_PULL = 3.1  # deviations: what is further away pulls no more
_LEAST_PULL = 0.05
_LEAST_SPREAD = 0.1
_OF_NORMAL = 1.2533  # mean absolute deviation to standard deviation, √(π/2)
_HOUR_COUNTS, _HOUR_LEARNS = 0.87, 0.081 / 12
_CEILING_LEARNS = 0.115
_CEILING_GROWS = 2.5  # times: what one day can teach
_LEAST_CEILINGS = (1.06, 0.63)
_RECORD_FADES, _RECORD_COUNTS = 0.93, 0.19
_THRESHOLD = 1.9  # ordinary ceilings
_SILENCE = timedelta(minutes=1516)
_LOUDER = 1.88
_DAY = timedelta(days=1)
_BEFORE = 0.999  # just below the alarm


@dataclass(slots=True)
class Window:
    """One mean's surprise, and how high it goes on ordinary days: `ceiling` is the usual, `record` the fading highest."""

    least: float
    mean: float = 0.0
    highest: float = 0.0
    ceiling: float = 1.0
    record: float = 0.0

    def close(self, day: int) -> None:
        """A day is over, the `day`th."""
        height = max(self.highest, self.least)
        if day == 0:
            self.ceiling = height
        else:
            learns = max(_CEILING_LEARNS, 1 / (day + 1))
            bounded = min(height, self.ceiling * _CEILING_GROWS)
            self.ceiling = math.exp((1 - learns) * math.log(self.ceiling) + learns * math.log(bounded))
        self.record = max(self.record * _RECORD_FADES, self.highest)
        self.highest = 0.0

    def rise(self, deviations: float) -> float:
        """How many ordinary ceilings high this is."""
        height = max(deviations, 0.0)
        self.highest = max(self.highest, height)
        beyond = math.log(max(self.record / self.ceiling, 1.0))
        return height / (self.ceiling * math.exp(_RECORD_COUNTS * beyond))


def _kept(half_life: timedelta, step: timedelta) -> float:
    return 1 - math.exp2(-(step / half_life))


@dataclass(slots=True)
class Counts:
    """One series with one count every `step`. Nothing alarms on its first day."""

    step: timedelta
    long: float = 0.0
    spread: float = 0.5
    hours: list[float] = field(default_factory=lambda: [0.0] * 24)
    quick: Window = field(default_factory=lambda: Window(_LEAST_CEILINGS[0]))
    slow: Window = field(default_factory=lambda: Window(_LEAST_CEILINGS[1]))
    seen: int = 0
    alarmed: float = 0.0
    quiet_until: int = 0

    def __post_init__(self) -> None:
        self._rates = tuple(_kept(half, self.step) for half in (_QUICK, _SLOW, _LONG, _SPREAD))
        self._a_day = max(1, round(_DAY / self.step))
        self._silence = round(_SILENCE / self.step)
        self._an_hour = timedelta(minutes=5) / self.step

    _rates: tuple[float, ...] = ()
    _a_day: int = 0
    _silence: int = 0
    _an_hour: float = 0.0

    def score(self, at: datetime, count: float) -> float:
        """The next count. 0.5 and more is an alarm; what is below may be compared, too."""
        quick, slow, long, spread = self._rates
        hour = at.hour
        level = math.log(max(count, 0.0) + _ADDED)
        if not self.seen:
            self.long = level
        level -= _HOUR_COUNTS * self.hours[hour]
        if not self.seen:
            self.quick.mean = self.slow.mean = level
        self.quick.mean += quick * (level - self.quick.mean)
        self.slow.mean += slow * (level - self.slow.mean)
        unit = max(self.spread, _LEAST_SPREAD)
        rise = max(
            self.quick.rise((self.quick.mean - self.long) / unit),
            _SLOW_COUNTS * self.slow.rise((self.slow.mean - self.long) / unit),
        )
        self._learn(level, hour, long, spread)
        self.seen += 1
        return self._said(rise)

    def _learn(self, level: float, hour: int, long: float, spread: float) -> None:
        day, first = divmod(self.seen, self._a_day)
        if first == self._a_day - 1:
            self.quick.close(day)
            self.slow.close(day)
        off, reach, young = level - self.long, _PULL * self.spread, 1 / (self.seen + 2)
        pulled = min(max(off, -reach - _LEAST_PULL), reach + _LEAST_PULL)
        learns = max(_HOUR_LEARNS / self._an_hour, 1 / (12 * (day + 2)))
        self.hours[hour] += learns * min(max(off, -reach), reach)
        self.long += max(long, young) * pulled
        self.spread += max(spread, young) * (_OF_NORMAL * abs(pulled) - self.spread)

    def _said(self, rise: float) -> float:
        """An alarm is followed by silence. Twice the threshold is halfway between the alarm and 1."""
        at = self.seen - 1
        if at < self._a_day:
            return 0.0
        is_heard = at >= self.quiet_until or rise > _LOUDER * self.alarmed
        if rise >= _THRESHOLD and is_heard:
            self.alarmed, self.quiet_until = rise, at + self._silence
            return 1 - ALARM * _THRESHOLD / rise
        return ALARM * min(rise / _THRESHOLD, _BEFORE)
