"""What is usual for this hour of this weekday. Hours are counted in UTC."""

import math

import msgspec

HOUR = 3600.0
DAY = 24 * HOUR
_HOURS_A_DAY, _WEEK = 24, 168
_KEPT_A_DAY = 0.5 ** (1 / 7)  # an hour of a week ago counts half
_KEPT_A_WEEK = 0.5 ** (1 / 3)  # an hour of that weekday three weeks ago counts half
_LEAN_ON_DAY, _LEAN_ON_ALL = 3.0, 1.0  # how many hours' worth the coarser mean is
_BUSIEST = 3.0  # a busier hour teaches no more than so many times its mean
_SILENT_BELOW = 3.0
_LONGEST_GAP = 60 * 24
_MEMORY = HOUR / 2


class Usual(msgspec.Struct):
    """How much an hour brings: the mean of that hour of the week, leaning on that of the day while little has been seen.

    `learnt` is how many hours have taught something.

    An hour in which nothing at all was heard, though something was to be expected, is an interruption and teaches nothing.
    """

    hours: list[float] = msgspec.field(default_factory=lambda: [0.0] * _WEEK)
    hours_seen: list[float] = msgspec.field(default_factory=lambda: [0.0] * _WEEK)
    days: list[float] = msgspec.field(default_factory=lambda: [0.0] * _HOURS_A_DAY)
    days_seen: list[float] = msgspec.field(default_factory=lambda: [0.0] * _HOURS_A_DAY)
    hour: int = -1
    count: float = 0.0
    learnt: int = 0

    def add(self, at: float) -> None:
        """Something came at `at` (seconds of the epoch). What comes out of order belongs to the hour that is running."""
        hour = int(at // HOUR)
        if self.hour < 0 or hour - self.hour > _LONGEST_GAP:
            self.hour, self.count = hour, 0.0
        while self.hour < hour:
            self._learn()
            self.hour, self.count = self.hour + 1, 0.0
        self.count += 1

    def rates(self, at: float) -> tuple[float, float]:
        """How many a second are to be expected at `at`: in this hour, and in the busier of this one and the one before."""
        hour = int(at // HOUR)
        now = self._mean(hour) / HOUR
        return now, max(now, self._mean(hour - 1) / HOUR)

    def _learn(self) -> None:
        mean, hour, day = self._mean(self.hour), self.hour % _WEEK, self.hour % _HOURS_A_DAY
        if not self.count and mean >= _SILENT_BELOW:
            return
        self.learnt += 1
        count = min(self.count, _BUSIEST * mean + 5) if self.days_seen[day] else self.count
        self.hours[hour] = self.hours[hour] * _KEPT_A_WEEK + count
        self.hours_seen[hour] = self.hours_seen[hour] * _KEPT_A_WEEK + 1
        self.days[day] = self.days[day] * _KEPT_A_DAY + count
        self.days_seen[day] = self.days_seen[day] * _KEPT_A_DAY + 1

    def _mean(self, hour: int) -> float:
        seen = sum(self.days_seen)
        if not seen:
            return 0.0
        of_all = sum(self.days) / seen
        day = hour % _HOURS_A_DAY
        of_day = (self.days[day] + _LEAN_ON_ALL * of_all) / (self.days_seen[day] + _LEAN_ON_ALL)
        week = hour % _WEEK
        return (self.hours[week] + _LEAN_ON_DAY * of_day) / (self.hours_seen[week] + _LEAN_ON_DAY)


class Pace(msgspec.Struct):
    """How many came in about the last hour: a fading count, whose mean age is half an hour."""

    count: float = 0.0
    latest: float = 0.0

    def add(self, at: float) -> None:
        """One came at `at`."""
        self.count, self.latest = self._faded(at) + 1, max(at, self.latest)

    def at(self, at: float) -> float:
        """How many an hour."""
        return self._faded(at) * HOUR / _MEMORY

    def _faded(self, at: float) -> float:
        return self.count * math.exp(min(self.latest - at, 0.0) / _MEMORY)
