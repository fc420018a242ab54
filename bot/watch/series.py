"""A file of counts: `timestamp,value`, one row for every step of time."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import errors
from bot.watch.counts import Counts

_LOOKED_AT = 200
COLUMNS = ("timestamp", "value")


def read(path: Path) -> Iterator[tuple[str, datetime, float]]:
    """The rows: the time as it was written, the time, the count. Raises Invalid, naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(csv.reader(file), path.name)
    except OSError as error:
        raise errors.Invalid(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise errors.Invalid(f"{path.name} is no CSV in UTF-8.") from error


def scored(rows: Iterable[tuple[str, datetime, float]]) -> Iterator[tuple[str, float, float]]:
    """Each row's time as it was written, its count, and its score from 0 to 1, where 0.5 alarms."""
    first, rest = _some(rows)
    counts = Counts(_step([at for _, at, _ in first]))
    for written, at, count in itertools.chain(first, rest):
        yield written, count, counts.score(at, count)


def _some(
    rows: Iterable[tuple[str, datetime, float]],
) -> tuple[list[tuple[str, datetime, float]], Iterator[tuple[str, datetime, float]]]:
    turned = iter(rows)
    return list(itertools.islice(turned, _LOOKED_AT)), turned


def _step(times: list[datetime]) -> timedelta:
    """The commonest distance of two rows. Raises Invalid where time does not go forward."""
    steps = Counter(later - earlier for earlier, later in itertools.pairwise(times) if later > earlier)
    if not steps:
        raise errors.Invalid("There must be at least two rows with different times.")
    return steps.most_common(1)[0][0]


def _rows(cells: Iterator[list[str]], name: str) -> Iterator[tuple[str, datetime, float]]:
    head = [cell.strip().lower() for cell in next(cells, [])]
    if not set(COLUMNS) <= set(head):
        raise errors.Invalid(f"{name} needs the columns {','.join(COLUMNS)}.")
    time, value = (head.index(column) for column in COLUMNS)
    for line, row in enumerate(cells, 2):
        if not row:
            continue
        try:
            at, count = datetime.fromisoformat(row[time].strip()), float(row[value])
        except (ValueError, IndexError) as error:
            raise errors.Invalid(f"{name}:{line}: this is not a time and a count.") from error
        if not 0 <= count < float("inf"):
            raise errors.Invalid(f"{name}:{line}: a count is zero or more.")
        yield row[time], at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), count
