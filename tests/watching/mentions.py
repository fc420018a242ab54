"""The scorer of the Numenta Anomaly Benchmark, standard profile, for series of mentions with labelled windows.

Formulas: A. Lavin, S. Ahmad, "Evaluating Real-time Anomaly Detection Algorithms – the Numenta Anomaly Benchmark" (2015). A window
counts by its earliest alarm, an early one for more; what is missed counts −1, a false alarm up to −0.11. 100 is perfect.
"""

import bisect
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.watch import series

FALSE = 0.11
_PROBATION, _AT_MOST = 0.15, 5_000


@dataclass(frozen=True, slots=True)
class Series:
    """A labelled series: windows as first and last row."""

    name: str
    times: tuple[datetime, ...]
    scores: tuple[float, ...]
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`points` of `windows` that could be had; how many were `hit`, and false alarms."""

    points: float
    windows: int
    hit: int
    false: int


def load(folder: Path) -> list[Series]:
    """Every series of the folder, scored by us."""
    labels = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    return [_series(folder / f"{name}.csv", windows) for name, windows in sorted(labels.items())]


def _series(file: Path, labelled: Sequence[Sequence[str]]) -> Series:
    times = tuple(at for _, at, _ in series.read(file))
    scores = tuple(score for *_, score in series.scored(series.read(file)))
    windows = [
        tuple(datetime.fromisoformat(at).replace(tzinfo=times[0].tzinfo) for at in window) for window in labelled
    ]
    rows = tuple((bisect.bisect_left(times, first), bisect.bisect_right(times, last) - 1) for first, last in windows)
    return Series(file.stem, times, scores, rows)


def judge(one: Series, threshold: float) -> Verdict:
    """What the alarms of one series are worth."""
    probation = int(_PROBATION * min(len(one.times), _AT_MOST))
    alarms = [row for row, score in enumerate(one.scores) if score >= threshold and row >= probation]
    best: dict[int, float] = {}
    lost, false = 0.0, 0
    for row in alarms:
        window = next((number for number, (first, last) in enumerate(one.windows) if first <= row <= last), None)
        if window is None:
            lost, false = lost + FALSE * _after(one, row), false + 1
        else:
            first, last = one.windows[window]
            worth = _sigmoid(-(last - row + 1) / (last - first + 1)) / _sigmoid(-1.0)
            best[window] = max(best.get(window, 0.0), worth)
    missed = len(one.windows) - len(best)
    return Verdict(sum(best.values()) + lost - missed, len(one.windows), len(best), false)


def normalised(verdicts: Sequence[Verdict]) -> float:
    """From 0 for a detector that says nothing to 100 for a perfect one."""
    windows = sum(one.windows for one in verdicts)
    return 100 * (sum(one.points for one in verdicts) + windows) / (2 * windows)


def _after(one: Series, row: int) -> float:
    """A false alarm soon after a window counts for less."""
    before = [window for window in one.windows if window[1] < row]
    if not before:
        return -1.0
    first, last = before[-1]
    return _sigmoid((row - last) / (last - first))


def _sigmoid(place: float) -> float:
    return -1.0 if place > 3 else 2 / (1 + math.exp(5 * place)) - 1
