"""`comptoir import FILE --channel NAME`: what was said before we were there."""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.archive import importing, reading
from bot.archive.closing import Ages
from bot.archive.importing import Outcome
from bot.archive.reading import Line
from bot.settings import Settings
from bot.store import schema
from bot.store.database import Database
from inbox.commands import common

PURPOSE = """Read an archive into a channel: NDJSON of our wire format, or the CSV of "Customer Support on Twitter".
It can be broken off and begun again; what is there already is passed over.
What is over does not stand in the queue: in the end tickets that nobody has are resolved when their last message was
answered and is older than a week (see --resolve-after), or is older than 30 days without an answer."""


def main(arguments: list[str]) -> int:
    parser = common.parser("import", PURPOSE)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--channel", required=True, help="the channel it belongs to; made if there is none of this name"
    )
    ages = parser.add_mutually_exclusive_group()
    ages.add_argument(
        "--resolve-after", type=_days, default=Ages().answered, metavar="DAYS",
        help="resolve an answered ticket whose last message is older than this (default: 7)",
    )  # fmt: skip
    ages.add_argument("--keep-open", action="store_true", help="resolve no ticket, however old it is")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    given = parser.parse_args(arguments)
    return common.told(lambda: asyncio.run(_import(common.read(given), given)))


def _days(typed: str) -> timedelta:
    days = int(typed)
    if not 0 <= days <= 36_500:
        raise ValueError(typed)
    return timedelta(days=days)


async def _import(settings: Settings, given: argparse.Namespace) -> int:
    """Nothing is made for a file that is missing or of another layout: its first row is read before."""
    file: Path = given.file
    rows = reading.lines(file)
    first = list(islice(rows, 1))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    schema.upgrade(settings.url)
    database = Database(settings.url)
    await database.open()
    try:
        outcome = await _shown(database, given, chain(first, rows))
    finally:
        await database.close()
    _report(outcome, file, is_json=given.json)
    return 0


async def _shown(database: Database, given: argparse.Namespace, rows: Iterable[Line]) -> Outcome:
    file: Path = given.file
    ages = None if given.keep_open else Ages(answered=given.resolve_after)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}/s"),
        TimeRemainingColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty(),
    )  # fmt: skip
    with bar:
        task = bar.add_task(file.name, total=file.stat().st_size if file.is_file() else None, rate="-")

        def told(outcome: Outcome, place: int) -> None:
            bar.update(task, completed=place, rate=f"{outcome.read / max(outcome.seconds, 1e-6):,.0f}")

        return await importing.take(database, given.channel, rows, told, ages=ages)


def _report(outcome: Outcome, file: Path, *, is_json: bool) -> None:
    for fault in outcome.faults:
        print(f"{file.name}:{fault.line}: {fault.reason}", file=sys.stderr)
    if outcome.bad > len(outcome.faults):
        print(
            f"… and {outcome.bad - len(outcome.faults)} more; what could be kept is in the quarantine.", file=sys.stderr
        )
    if is_json:
        print(outcome.json())
    else:
        print(
            f"{outcome.read:,} read, {outcome.added:,} added, {outcome.duplicates:,} there already, {outcome.bad:,} bad,"
            f" {outcome.resolved:,} tickets over and resolved, in {outcome.seconds:.1f} s"
        )
