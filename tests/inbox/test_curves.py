"""The drawing of a curve stays within its frame, and its table tells what it draws."""

from hypothesis import given
from hypothesis import strategies as st

from bot.autoreply.measures import Point
from inbox import curves

POINTS = [Point(0.9, 0.2, 1.0), Point(0.7, 0.6, 0.98), Point(0.4, 0.9, 0.97), Point(0.1, 1.0, 0.9)]


def percent(share: float) -> str:
    return f"{share:.0%}"


def test_each_step_is_the_most_that_can_be_answered() -> None:
    """Right 97 times in 100 allows 90 % here, 99 times only 20 %; steps that add nothing still say so."""
    told = {step.target: (step.point.coverage, step.point.threshold) for step in curves.drawn(POINTS, percent).steps}

    assert told[99] == (0.2, 0.9)
    assert told[98] == (0.6, 0.7)
    assert told[97] == (0.9, 0.4)
    assert told[80] == (1.0, 0.1)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=80))
def test_the_line_stays_in_its_frame(shares: list[tuple[float, float]]) -> None:
    """Whatever was measured."""
    drawing = curves.drawn([Point(0.5, coverage, precision) for coverage, precision in shares], percent)

    for pair in drawing.line.split():
        x, y = map(float, pair.split(","))
        assert drawing.left <= x <= drawing.width
        assert 0 <= y <= drawing.floor + 0.1
    assert drawing.up
