"""Things stay small: taste shows in the tail."""

from statistics import median

from tests.architecture import sizes


def test_no_file_is_too_long() -> None:
    """No file has more than 400 lines."""
    assert {name: lines for name, lines in sizes.files().items() if lines > sizes.FILE_LIMIT} == {}


def test_no_function_is_too_long() -> None:
    """No function has more than 50 lines."""
    assert {name: lines for name, (lines, _) in sizes.functions().items() if lines > sizes.FUNCTION_LIMIT} == {}


def test_the_tail_only_shrinks() -> None:
    """What is over its goal is known, and no longer than it was."""
    recorded = sizes.recorded()

    assert {name: lines for name, lines in sizes.tail().items() if lines > recorded.get(name, 0)} == {}


def test_the_ratchet_holds_nothing_that_is_gone() -> None:
    """What has become short enough cannot grow back unseen: `python -m tests.architecture.sizes` lowers the ratchet."""
    now = sizes.tail()

    assert {name: lines for name, lines in sizes.recorded().items() if now.get(name, 0) < lines} == {}


def test_most_files_are_short() -> None:
    """Half of the modules have at most 90 lines, nine of ten at most 220; nine templates of ten at most 60."""
    code, templates = list(sizes.code().values()), list(sizes.templates().values())

    assert median(code) <= 90
    assert sizes.ninetieth(code) <= sizes.FILE_GOAL
    assert sizes.ninetieth(templates) <= 60


def test_most_functions_are_short() -> None:
    """Half of the functions have at most 8 lines, nine of ten at most 25; nine of ten take at most 4 values."""
    lines, parameters = zip(*sizes.functions().values(), strict=True)

    assert median(lines) <= 8
    assert sizes.ninetieth(list(lines)) <= sizes.FUNCTION_GOAL
    assert sizes.ninetieth(list(parameters)) <= 4
