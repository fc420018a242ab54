"""`comptoir watch`: the detector on what lies in a file, for whoever tunes it on his own past."""

import argparse
import csv
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bot import wire
from bot.archive import reading
from bot.watch import replaying, series, thresholds
from bot.watch.spikes import Spike
from bot.watch.thresholds import Thresholds
from inbox.commands import common

PURPOSE = """See what the detector of incidents makes of a file.
score FILE    a CSV with the columns timestamp,value; the same with a column score from 0 to 1 (0.5 alarms)
replay FILE   an archive as `comptoir import` reads it, in its own time at full speed; each suspected incident"""


class Outcome(msgspec.Struct, frozen=True):
    """The last line of a replay."""

    messages_read: int
    bad_lines: int
    seconds: float


def main(arguments: list[str]) -> int:
    parser = common.parser("watch", PURPOSE)
    parser.add_argument("act", choices=("score", "replay"), help="what to do")
    parser.add_argument("file", type=Path)
    parser.add_argument("--settings", type=Path, help="thresholds of replay, JSON or TOML")
    parser.add_argument("--json", action="store_true", help="an object a line instead of sentences (replay)")
    given = parser.parse_args(arguments)
    return common.told(lambda: _score(given.file) if given.act == "score" else _replay(given))


def _score(file: Path) -> int:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*series.COLUMNS, "score"])
    for written, count, score in series.scored(series.read(file)):
        out.writerow([written, f"{count:g}", f"{score:.6f}"])
    return 0


def _replay(given: argparse.Namespace) -> int:
    wanted = thresholds.read(given.settings) if given.settings else Thresholds()
    archive = _Archive(given.file)
    begun = time.perf_counter()
    found = replaying.spikes(archive, wanted)
    _tell_lines(found) if given.json else _tell_people(found)
    outcome = Outcome(archive.read, archive.bad, round(time.perf_counter() - begun, 3))
    if given.json:
        print(msgspec.json.encode(outcome).decode())
    else:
        print(
            f"{outcome.messages_read:,} messages read in {outcome.seconds:.1f} s; {outcome.bad_lines:,} lines were none."
        )
    return 0


class _Archive:
    """The messages of a file, counted as they are read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.read = self.bad = 0

    def __iter__(self) -> Iterator[wire.InboundMessage]:
        for line in reading.lines(self._file):
            if line.message is None:
                self.bad += 1
            else:
                self.read += 1
                yield line.message


def _tell_lines(found: Iterable[Spike]) -> None:
    for spike in found:
        told = msgspec.structs.asdict(spike)
        told |= {name: _moment(told[name]) for name in ("suspected_at", "first_message_at")}
        print(msgspec.json.encode(told).decode(), flush=True)


def _tell_people(found: Iterable[Spike]) -> None:
    number = 0
    for number, spike in enumerate(found, 1):  # noqa: B007  told below
        doubts = f" Doubtful: {', '.join(spike.doubts)}." if spike.doubts else ""
        print(
            f"{_moment(spike.suspected_at)}  {spike.people} people since {_moment(spike.first_message_at)}"
            f" ({spike.expected:.1f} are usual), {spike.severity}, score {spike.score:.1f}.{doubts}\n"
            f"    words: {', '.join(spike.words)}\n    messages: {', '.join(spike.messages)}",
            flush=True,
        )
    print(f"{number} incidents would have been suspected.")


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
