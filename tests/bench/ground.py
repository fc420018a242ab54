"""Where the benchmarks run: how often, and on which databases."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.bench.postgres import Server

Kind = Literal["sqlite", "postgresql"]
TITLES: dict[Kind, str] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Ground:
    """`server` is None when only SQLite is asked for. `scale` shrinks counts for a trial; verdicts then mean little."""

    rounds: int
    server: Server | None
    scale: float = 1.0
    only: Kind | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        if self.only:
            return (self.only,)
        return ("sqlite", "postgresql") if self.server else ("sqlite",)

    def count(self, full: int) -> int:
        return max(20, int(full * self.scale))

    def database_pids(self, kind: Kind) -> tuple[int, ...]:
        return (self.server.pid,) if self.server and kind == "postgresql" else ()

    @contextlib.contextmanager
    def fresh(self, kind: Kind) -> Iterator[str]:
        """The address of a database that does not exist yet, or is empty."""
        if kind == "postgresql":
            if self.server is None:
                raise ValueError("there is no PostgreSQL server here")
            with self.server.fresh() as url:
                yield url
            return
        with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'comptoir.db'}"
