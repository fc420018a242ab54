"""A curve of coverage against precision, as an SVG draws it and as a table tells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.autoreply.measures import Point
from bot.store.trained import TrainedRow
from inbox import sheets

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 640, 260, 44, 24, 32, 12
TOLD = (99, 98, 97, 95, 90, 85, 80)  # times right in 100 of which the table tells


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """To be right so many times in 100, answer from this probability on: then so much is answered."""

    target: int
    point: Point
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in the units of the drawing. `line` is what a polyline is given."""

    line: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    steps: tuple[Step, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    end: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def drawn(points: Sequence[Point], percent: Callable[[float], str]) -> Drawing:
    """Coverage goes to the right, precision up, from a little below the worst of it."""
    least = min((one.precision for one in points), default=0.9)
    bottom = max(0.0, int(least * 20) / 20 - 0.05)

    def x(share: float) -> float:
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(share: float) -> float:
        return round(TOP + (1 - share) / (1 - bottom) * (HEIGHT - BOTTOM - TOP), 1)

    across = tuple(Tick(x(share / 100), percent(share / 100)) for share in range(0, 101, 20))
    step = 5 if bottom >= 0.7 else 10 if bottom >= 0.4 else 20
    up = tuple(Tick(y(share / 100), percent(share / 100)) for share in range(100, 0, -step) if share / 100 >= bottom)
    steps = tuple(
        Step(target, best, x(best.coverage), y(best.precision))
        for target in TOLD
        if (best := _furthest(points, target))
    )
    return Drawing(" ".join(f"{x(one.coverage)},{y(one.precision)}" for one in points), across, up, steps)


def _furthest(points: Sequence[Point], target: int) -> Point | None:
    """Where most is answered with that precision."""
    kept = [one for one in points if one.precision * 100 >= target]
    return max(kept, key=lambda one: one.coverage, default=None)


def of(request: web.Request, version: TrainedRow | None) -> Drawing | None:
    """A version's curve in the reader's language; None when there is nothing to draw."""
    points = [Point(*one) for one in version.figures["curve"]] if version and version.is_ready else []
    words = sheets.words_of(request)
    return drawn(points, lambda share: words.percent(share, 0)) if points else None
