"""Starts load processes and speaks with them; always ended by their own pid."""

import subprocess
import sys
from types import TracebackType
from typing import Self

import msgspec

from tests.bench.load.plans import Arrivals, Look, Pages, Plan, Read, Seen, Send, Sent


class Worker:
    """One load process. Ready when made; `go` begins, the answer is awaited by `sent`, `pages` or `seen`."""

    def __init__(self, plan: Plan) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._write(msgspec.json.encode(plan).decode())
        if (word := self._read()) != "ready":
            raise RuntimeError(f"the load process said {word!r} where it should be ready")

    def go(self) -> None:
        self._write("go")

    def sent(self) -> Sent:
        return msgspec.json.decode(self._read(), type=Sent)

    def pages(self) -> Pages:
        return msgspec.json.decode(self._read(), type=Pages)

    def seen(self, arrivals: Arrivals) -> Seen:
        """What the windows saw of these."""
        self._write(msgspec.json.encode(arrivals).decode())
        return msgspec.json.decode(self._read(), type=Seen)

    def close(self) -> None:
        """End it: it stops when its standard input ends, and is killed when it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, line: str) -> None:
        if self._process.stdin is None:
            raise RuntimeError("the load process has no standard input")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the load process ended without an answer; its complaint is above")
        return line.strip()


def send(plan: Send) -> Sent:
    """Send a stream and wait for the end of it."""
    with Worker(plan) as worker:
        worker.go()
        return worker.sent()


def read(plan: Read) -> Pages:
    with Worker(plan) as worker:
        worker.go()
        return worker.pages()


def look(plan: Look) -> Worker:
    """Open windows; they note marks from now on."""
    return Worker(plan)
