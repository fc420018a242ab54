"""What is measured: a running server that takes signed messages and shows them in live windows, ours or the bare one."""

import base64
import contextlib
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.bench.postgres import free_port


@dataclass(frozen=True, slots=True)
class Subject:
    """Where to send, what to sign with, where to look, and the processes whose cost is counted: its own and the database's.

    `settle` waits until it has done what follows from what it took.
    """

    name: str
    port: int
    hook: str
    secret: str
    live: str
    cookie: str
    pid: int
    database_pids: tuple[int, ...] = ()
    settle: Callable[[], None] = lambda: None

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.pid, *self.database_pids)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@contextlib.contextmanager
def bare_hook(database: str, database_pids: tuple[int, ...]) -> Iterator[Subject]:
    """The bare reference on this database (a PostgreSQL address, or sqlite:///FILE)."""
    port, secret = free_port(), new_secret()
    arguments = [str(port), database.removeprefix("sqlite:///"), secret]
    with process("tests.bench.limits.hook", arguments) as pid:
        yield Subject("bare hook", port, "/hooks/bench", secret, "/live", "", pid, database_pids)


@contextlib.contextmanager
def bare_windows() -> Iterator[Subject]:
    """The bare live stream and the bare page, without any database."""
    port = free_port()
    with process("tests.bench.limits.windows", [str(port)]) as pid:
        yield Subject("bare stream", port, "/tell", "", "/live", "", pid)


@contextlib.contextmanager
def process(module: str, arguments: Sequence[str]) -> Iterator[int]:
    """A process that says "ready" and ends when its standard input does."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{module} did not start; its complaint is above")
        yield process.pid
    finally:
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
