"""What the operator is shown of a version: figures of examples that it had not seen, each with the rows behind it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_PAIRS = 12
MOST_POINTS = 80
TARGETS = (97, 99)


@dataclass(frozen=True, slots=True)
class Said:
    """An example, what it means, and what was said of it unseen."""

    example_id: int
    language: str
    meant: str
    said: str
    probability: float

    @property
    def is_right(self) -> bool:
        return self.meant == self.said


@dataclass(frozen=True, slots=True)
class Point:
    """Answer from this probability on, and so much is answered, so much of it rightly."""

    threshold: float
    coverage: float
    precision: float


def figures(rows: Sequence[Said], thresholds: Mapping[int, float]) -> dict[str, Any]:
    """Everything that the page of versions shows, as plain JSON. `thresholds` are the version's own, by target."""
    return {
        **_of(rows, thresholds),
        "thresholds": {str(target): threshold for target, threshold in thresholds.items()},
        "languages": {
            language: _of([one for one in rows if one.language == language], thresholds)
            for language in sorted({one.language for one in rows})
        },
        "labels": {label: _label(rows, label, thresholds[TARGETS[0]]) for label in sorted({one.meant for one in rows})},
        "pairs": worst_pairs(rows),
        "curve": [[each.threshold, each.coverage, each.precision] for each in curve(rows)],
    }


def curve(rows: Iterable[Said]) -> list[Point]:
    """Coverage against precision, from answering hardly anything to answering all; equal probabilities stand together."""
    ranked = sorted(rows, key=lambda one: -one.probability)
    points, right = list[Point](), 0
    for number, one in enumerate(ranked, 1):
        right += one.is_right
        if number == len(ranked) or ranked[number].probability < one.probability:
            points.append(Point(one.probability, number / len(ranked), right / number))
    return thinned(points)


def thinned(points: Sequence[Point]) -> list[Point]:
    """As many as an eye can tell apart; the first and the last stay."""
    if len(points) <= MOST_POINTS:
        return list(points)
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(step * number)] for number in range(MOST_POINTS)]


def threshold(told: Mapping[str, Any], target: int) -> float | None:
    """From which probability on a version with these figures answers: its own threshold, or where its curve still keeps to
    the target. None when nothing does.
    """
    own = told["thresholds"].get(str(target))
    if own is not None:
        return float(own) if own <= 1 else None  # a version says so when it would never be sure enough
    kept = [Point(*one) for one in told["curve"] if one[2] * 100 >= target]
    return max(kept, key=lambda one: one.coverage).threshold if kept else None


def worst_pairs(rows: Iterable[Said]) -> list[list[Any]]:
    """What was meant, what was said instead, and how often; the most frequent first."""
    wrong = Counter((one.meant, one.said) for one in rows if not one.is_right)
    return [[meant, said, count] for (meant, said), count in sorted(wrong.items(), key=_frequent)[:MOST_PAIRS]]


def answered(rows: Iterable[Said], threshold: float) -> list[Said]:
    """Those that would be answered."""
    return [one for one in rows if one.probability >= threshold]


def _frequent(pair: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -pair[1], pair[0]


def _of(rows: Sequence[Said], thresholds: Mapping[int, float]) -> dict[str, Any]:
    told = {str(target): answered(rows, threshold) for target, threshold in thresholds.items()}
    return {
        "examples": len(rows),
        "accuracy": _share(sum(one.is_right for one in rows), len(rows)),
        "macro_f1": _macro_f1(rows),
        "coverage": {target: _share(len(each), len(rows)) for target, each in told.items()},
        "precision": {target: _share(sum(one.is_right for one in each), len(each)) for target, each in told.items()},
    }


def _macro_f1(rows: Sequence[Said]) -> float | None:
    meant, said = Counter(one.meant for one in rows), Counter(one.said for one in rows)
    right = Counter(one.meant for one in rows if one.is_right)
    scores = [2 * right[label] / (meant[label] + said[label]) for label in meant]
    return sum(scores) / len(scores) if scores else None


def _label(rows: Sequence[Said], label: str, threshold: float) -> dict[str, Any]:
    own = [one for one in rows if one.meant == label]
    told = answered((one for one in rows if one.said == label), threshold)
    return {
        "examples": len(own),
        "coverage": _share(len(answered((one for one in own if one.is_right), threshold)), len(own)),
        "precision": _share(sum(one.is_right for one in told), len(told)),
    }


def _share(part: int, whole: int) -> float | None:
    """None where there is nothing to measure."""
    return part / whole if whole else None
