"""The plain driver in a loop: the realistic transaction with nothing before it and nobody waiting."""

import tempfile
import time
from pathlib import Path

from tests.bench.limits.entry import Entry, Store
from tests.bench.limits.postgres import PostgresStore
from tests.bench.limits.sqlite import SqliteStore
from tests.bench.messages import WORDS, Stream


def entries(stream: Stream) -> list[Entry]:
    """The same messages that the hooks are sent."""
    at = int(time.time())
    numbers = range(stream.first, stream.first + stream.count)
    return [Entry(stream.author(n), f"{stream.series}-{n}", WORDS[n % len(WORDS)], at) for n in numbers]


def sqlite_rate(stream: Stream, batch: int) -> float:
    """Messages a second into a new file."""
    with tempfile.TemporaryDirectory() as folder:
        return _rate(SqliteStore(Path(folder) / "limit.db"), stream, batch)


def postgres_rate(url: str, stream: Stream, batch: int) -> float:
    """Messages a second into an empty database."""
    return _rate(PostgresStore(url), stream, batch)


def _rate(store: Store, stream: Stream, batch: int) -> float:
    store.take(entries(Stream("known", 0, stream.people, stream.people, 0)))
    waiting = entries(stream)
    started = time.monotonic()
    for first in range(0, len(waiting), batch):
        store.take(waiting[first : first + batch])
    took = time.monotonic() - started
    store.close()
    return len(waiting) / took
