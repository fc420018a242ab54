"""`python -m tests.bench NAME … [--json] [--rounds 3] [--database URL]`: run benchmarks and print figures.

Leaves with 1 when a goal is missed.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.bench import postgres
from tests.bench.figures import Result, as_json, as_text
from tests.bench.goals import burst, duplicates, ingest, kill, large, push, reach, replies, search, start, windows
from tests.bench.ground import Ground

GOALS: dict[str, Callable[[Ground], Iterator[Result]]] = {
    "ingest": ingest.run,
    "push": push.run,
    "burst": burst.run,
    "large": large.run,
    "windows": windows.run,
    "start": start.run,
    "kill": kill.run,
    "replies": replies.run,
    "duplicates": duplicates.run,
    "search": search.run,
    "reach": reach.run,
}


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="comptoir bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(GOALS)}; all when none is given")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL server to use instead of one of our own")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database only")
    parser.add_argument("--scale", type=float, default=1.0, help="for a trial: the share of the messages to send")
    arguments = parser.parse_args(given)
    if unknown := [name for name in arguments.names if name not in GOALS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(GOALS)}")
    return arguments


def main(given: list[str] | None = None) -> int:
    arguments = _arguments(given)
    names = arguments.names or list(GOALS)
    if arguments.only == "sqlite":
        return _run(names, Ground(arguments.rounds, None, arguments.scale), arguments.json)
    with postgres.server(arguments.database) as server:
        return _run(names, Ground(arguments.rounds, server, arguments.scale, arguments.only), arguments.json)


def _run(names: list[str], ground: Ground, is_json: bool) -> int:
    is_all_met = True
    for name in names:
        for result in GOALS[name](ground):
            print(as_json(result) if is_json else as_text(result), flush=True)
            is_all_met = is_all_met and result.is_met
    return 0 if is_all_met else 1


if __name__ == "__main__":
    sys.exit(main())
