"""What may be wrong with a payload: each value of another type, each field missing, fields that nobody knows, and worse."""

import copy
from collections.abc import Iterator
from typing import Any

# Of every type that JSON has, and the extremes that trip whoever trusts them.
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    1e308,
    "",
    "\0",
    "\ud83d",
    "x" * 200_000,
    [],
    [[]],
    {},
    {"id": {}},
)


def damaged(told: Any) -> Iterator[Any]:
    """The payload with, one at a time, each of its values replaced by each odd one, and each of its fields removed."""
    for path in _paths(told):
        for odd in ODD:
            yield _with(told, path, odd)
        yield _without(told, path)
        yield _with(told, (*path, "unknown"), 1) if isinstance(_at(told, path), dict) else _with(told, path, [1])


def _paths(told: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, inner in pairs:
        yield (*here, name)
        yield from _paths(inner, (*here, name))


def _at(told: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        told = told[name]
    return told


def _with(told: Any, path: tuple[Any, ...], odd: Any) -> Any:
    made = copy.deepcopy(told)
    _at(made, path[:-1])[path[-1]] = odd
    return made


def _without(told: Any, path: tuple[Any, ...]) -> Any:
    made = copy.deepcopy(told)
    del _at(made, path[:-1])[path[-1]]
    return made
