"""Numbers and verdicts: percentiles, medians of rounds, and one `Result` per promise."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from tests.bench.machine import Load


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` between 0 and 1. Not a number when there are no values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


@dataclass(frozen=True, slots=True)
class Goal:
    """A promise in words, and whether a figure keeps it."""

    words: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of the product beside its limit, both measured in this run. `ratio` is product to limit."""

    name: str
    unit: str
    product: float
    limit_name: str
    limit: float | None
    goals: tuple[Goal, ...]
    rounds: int
    foreign_cores: float
    others: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return self.product / self.limit if self.limit else None

    @property
    def is_met(self) -> bool:
        return all(goal.is_met for goal in self.goals)


def foreign(loads: Iterable[Load]) -> float:
    """The cores that others used, the median over the rounds."""
    return median([load.foreign for load in loads])


def as_json(result: Result) -> str:
    """One object on one line, with the ratio and the verdict spelt out. What is not a number becomes null."""
    value = msgspec.to_builtins(result) | {"ratio": result.ratio, "is_met": result.is_met}
    return msgspec.json.encode(value).decode()


def as_text(result: Result) -> str:
    """A few lines for people."""
    ratio = "" if result.ratio is None else f"   ratio {result.ratio:.2f}"
    limit = "" if result.limit is None else f"   {result.limit_name} {_round(result.limit)}"
    lines = [
        f"{result.name}: {_round(result.product)} {result.unit}{limit}{ratio}",
        f"    {result.rounds} rounds, others used {result.foreign_cores:.2f} cores",
    ]
    lines += [f"    {name}: {_round(value)}" for name, value in result.others.items()]
    lines += [f"    {'kept  ' if goal.is_met else 'MISSED'} {goal.words}" for goal in result.goals]
    return "\n".join(lines)


def _round(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
