"""Taking an archive in: chunk by chunk through ingest, so that it can be broken off and begun again without a trace."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import msgspec

from bot.archive import closing
from bot.archive.closing import Ages
from bot.archive.reading import Line
from bot.desk import hearing, ingest, setting_aside
from bot.desk.hearing import Heard, Rules, Taken
from bot.desk.intake import Take
from bot.store import channels, media
from bot.store.database import Database
from bot.store.transaction import Transaction

CHUNK = 500
FAULTS = 50

RULES = Rules(is_archive=True)
_AGES = Ages()


@dataclass(slots=True)
class Fault:
    """A row that is no message."""

    line: int
    reason: str


@dataclass(slots=True)
class Outcome:
    """What was read, and what became of it. `resolved` are tickets; `faults` holds the first of the bad rows."""

    read: int = 0
    added: int = 0
    duplicates: int = 0
    bad: int = 0
    resolved: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list[Fault])

    def json(self) -> str:
        """The one line that other programs read."""
        figures = {name: getattr(self, name) for name in ("read", "added", "duplicates", "bad")}
        return msgspec.json.encode({**figures, "seconds": round(self.seconds, 3)}).decode()


def channel(tx: Transaction, name: str) -> int:
    """The channel of this name. A new one is made for the archive alone: paused, and without a network account."""
    known = channels.by_name(tx, name)
    return known.id if known else channels.save(tx, name=name, title=name, network="signed", is_paused=True)


async def take(
    database: Database, name: str, lines: Iterable[Line], told: Callable[[Outcome, int], None] = lambda *_: None,
    *, ages: Ages | None = _AGES,
) -> Outcome:  # fmt: skip
    """Take all lines in, to the channel of this name, which is made with its first message: a file without one leaves nothing.

    `told` hears after each commit how far it is: what has become of the rows, and the place in the file. In the end tickets
    that are over by `ages` are resolved; without ages none is.
    """
    outcome, began, channel_id, touched = Outcome(), time.monotonic(), 0, set[int]()
    for chunk in _chunks(lines):
        if not channel_id and any(line.message is not None for line in chunk):
            channel_id = await database.write(lambda tx: channel(tx, name))
        heard = [hearing.prepare(channel_id, line.message) for line in chunk if line.message is not None]
        taken = await _commit(database, heard)
        outcome.read += len(chunk)
        outcome.added += taken.added + taken.amended
        outcome.duplicates += len(heard) - taken.added - taken.amended - taken.set_aside
        _note_faults(outcome, chunk, taken)
        touched |= {one.ticket.id for one in heard if one.ticket}
        outcome.seconds = time.monotonic() - began
        told(outcome, chunk[-1].place)
    if ages is not None:
        outcome.resolved = await _closed(database, touched, ages)
    return outcome


async def _closed(database: Database, touched: set[int], ages: Ages) -> int:
    """Only now, when all is known: a ticket's last word may stand in the file's last line."""
    rest, count = iter(sorted(touched)), 0
    while some := list(islice(rest, CHUNK)):
        count += await database.write(partial(closing.close, ticket_ids=some, ages=ages))
    return count


async def _commit(database: Database, heard: list[Heard]) -> Taken:
    if not heard:
        return Taken()
    return await setting_aside.together_or_apart(
        database.write(lambda tx: _kept(tx, heard, ingest.take)),
        lambda: database.write(lambda tx: _kept(tx, heard, setting_aside.one_by_one)),
    )


def _kept(tx: Transaction, heard: list[Heard], take: Take) -> Taken:
    """Files of an archive are only named: their links are of long ago, and nobody is asked for them."""
    taken = take(tx, heard, RULES)
    media.leave(tx, [one.id for one in heard if one.said.attachments])
    return taken


def _note_faults(outcome: Outcome, chunk: list[Line], taken: Taken) -> None:
    for line in chunk:
        if line.message is None:
            outcome.bad += 1
            if len(outcome.faults) < FAULTS:
                outcome.faults.append(Fault(line.number, line.fault))
    outcome.bad += taken.set_aside


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
