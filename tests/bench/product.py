"""`comptoir serve` as its operator runs it: a process, a folder, a configuration file, a signed channel, a signed-in agent."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from tests.bench import desk
from tests.bench.postgres import free_port
from tests.bench.subject import Subject, new_secret

CHANNEL = "bench"
EMAIL = "bench@example.org"
NAME = "Bench Marker"
QUEUE = "/views/open"
LIVE = "/live?view=open"
_PATIENCE = 60.0
_CONFIG = """
[[channel]]
name = "{name}"
network = "signed"
title = "Benchmark"
[channel.options]
{options}
[channel.secrets]
secret = "COMPTOIR_SECRET_BENCH"
"""
_SET_UP = re.compile(r"/setup\?token=(\S+)")


@dataclass(slots=True)
class Product:
    """One desk. `start` and `kill` as often as asked; the folder and the database stay."""

    url: str
    folder: Path
    database_pids: tuple[int, ...]
    more: Mapping[str, str]
    options: str = ""
    channels: int = 1
    port: int = field(default_factory=free_port)
    secret: str = field(default_factory=new_secret)
    password: str = field(default_factory=new_secret)
    cookie: str = ""
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the product does not run")
        return self.process.pid

    @property
    def subject(self) -> Subject:
        hook = f"/hooks/{CHANNEL}"
        return Subject(
            "comptoir", self.port, hook, self.secret, LIVE, self.cookie, self.pid, self.database_pids, self.settle
        )

    def prepare(self) -> None:
        """Write the configuration. The program makes its database itself at its first start."""
        tables = [_CONFIG.format(name=self.channel(number), options=self.options) for number in range(self.channels)]
        (self.folder / "comptoir.toml").write_text("".join(tables))

    def channel(self, number: int) -> str:
        """The name of the channel of this number, from 0."""
        return CHANNEL if number == 0 else f"{CHANNEL}-{number}"

    def launch(self) -> None:
        """Begin to serve, without waiting."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inbox", "serve"], env=self._environment(), stdout=log, stderr=log
            )

    def start(self) -> None:
        """Serve, and return when it answers."""
        self.launch()
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self.process is not None and self.process.poll() is None:
            with contextlib.suppress(OSError, HTTPException):
                if self.get("/health/ready").status == 200:
                    return
            time.sleep(0.01)  # asks again
        raise RuntimeError(f"the product did not start: {self.log()[-2000:]}")

    def kill(self) -> None:
        """Kill -9, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def get(self, path: str) -> "Answer":
        return self._ask("GET", path, b"", {})

    def post(self, path: str, **fields: str) -> "Answer":
        """Send a form, as this desk's own page would."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        return self._ask("POST", path, urllib.parse.urlencode(fields).encode(), headers)

    def set_up(self) -> None:
        """Make the first admin with the link that the program printed, and sign in, as a browser does."""
        token = self._set_up_token()
        person = {"name": NAME, "email": EMAIL, "locale": "fr", "password": self.password}
        self.post("/setup", token=token, **person).expect(303)
        self.cookie = self.post("/sign-in", email=EMAIL, password=self.password, next="/").expect(303).cookie

    def _set_up_token(self) -> str:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if found := _SET_UP.search(self.log()):
                return found[1]
            time.sleep(0.01)  # it is printed a moment after the first answer
        raise RuntimeError(f"the product printed no link to set it up: {self.log()[-2000:]}")

    def csrf(self) -> str:
        """The token of this session's forms."""
        return self.get(QUEUE).expect(200).hidden("_csrf")

    def settle(self) -> None:
        """Wait until all that must follow is done, so that it is counted, and not in somebody else's figure."""
        until = time.monotonic() + _PATIENCE
        while desk.work_left(self.url):
            if time.monotonic() > until:
                raise RuntimeError(f"work was left after {_PATIENCE:.0f} s")
            time.sleep(0.05)  # looks again

    def log(self) -> str:
        """What the program has printed."""
        return (self.folder / "log").read_text(errors="replace")

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> "Answer":
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, "Accept": "text/html", **headers})
            found = connection.getresponse()
            cookies = [line.split(";")[0] for line in found.headers.get_all("Set-Cookie") or []]
            return Answer(found.status, found.read().decode(errors="replace"), "; ".join(cookies))
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPTOIR_")}
        database = {} if self.url.startswith("sqlite") else {"COMPTOIR_DATABASE_URL": self.url}
        return kept | database | {
            "COMPTOIR_DATA_DIR": str(self.folder),
            "COMPTOIR_CONFIG": str(self.folder / "comptoir.toml"),
            "COMPTOIR_PORT": str(self.port),
            "COMPTOIR_LOG_FORMAT": "json",
            "COMPTOIR_SESSION_WINDOWS": "100000",  # all windows of a run are one agent's
            "COMPTOIR_LOG_LEVEL": "warning",
            "COMPTOIR_SECRET_BENCH": self.secret,
            **self.more,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    cookie: str

    def expect(self, status: int) -> Self:
        """Itself, if this was its status. Raises what it said instead."""
        if self.status != status:
            raise RuntimeError(f"answered {self.status} where {status} was expected: {self.text[:1000]}")
        return self

    def hidden(self, name: str) -> str:
        """The value of a hidden field of its form."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.text)
        return found[1] if found else ""


@contextlib.contextmanager
def prepared(
    url: str, database_pids: tuple[int, ...] = (), options: str = "", channels: int = 1, **more: str
) -> Iterator[Product]:
    """A desk that does not run yet. `options` are of its channel, `more` are settings. Whatever runs is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        folder = Path(url.removeprefix("sqlite:///")).parent if url.startswith("sqlite") else Path(name)
        made = Product(url, folder, database_pids, more, options, channels)
        made.prepare()
        try:
            yield made
        finally:
            made.stop()


@contextlib.contextmanager
def serving(
    url: str, database_pids: tuple[int, ...] = (), options: str = "", channels: int = 1, **more: str
) -> Iterator[Product]:
    """A desk that runs, with its agent signed in."""
    with prepared(url, database_pids, options, channels, **more) as made:
        made.start()
        made.set_up()
        yield made
