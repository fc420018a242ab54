"""G14, the way out: agents' answers are on their way when the program is killed. Each arrives, and none twice.

An agent writes by the form, one answer a ticket, and sends the form again until it is taken. Ten channels share the answers, so
that their rates add up. What was on its way when the program died is looked for at the network when its lease has ended.
"""

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException

from tests.bench import desk, machine, product
from tests.bench.figures import Goal, Result
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.load.plans import Send
from tests.bench.load.worker import send
from tests.bench.messages import Stream
from tests.bench.postgres import free_port
from tests.bench.product import Product
from tests.bench.subject import process

KILLS = 5
ANSWERS = 1_000
CHANNELS = 10
SERIES = "asked"
_PATIENCE = 180.0  # the lease of what was on its way when the program died is 60 seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """`posted` is how often the network was told each answer, by its key."""

    written: int
    posted: dict[str, int]
    unfinished: int
    load: machine.Load

    @property
    def lost(self) -> int:
        return self.written - len(self.posted)

    @property
    def doubled(self) -> int:
        return sum(times - 1 for times in self.posted.values())


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        outcome = kills_on_the_way_out(ground, kind, KILLS, ground.count(ANSWERS))
        yield Result(
            name=f"kill -9 while answers leave, {KILLS} times, {TITLES[kind]}",
            unit="lost",
            product=outcome.lost,
            limit_name="",
            limit=None,
            goals=(
                Goal("none lost", outcome.lost == 0),
                Goal("none posted twice", outcome.doubled == 0),
                Goal("all marked as sent", outcome.unfinished == 0),
            ),
            rounds=KILLS,
            foreign_cores=outcome.load.foreign,
            others={
                "written": outcome.written,
                "posted twice": outcome.doubled,
                "not marked as sent": outcome.unfinished,
            },
        )


def kills_on_the_way_out(ground: Ground, kind: Kind, kills: int, answers: int) -> Outcome:
    """Ask, answer, kill in between, and compare what the network was told with what was written."""
    with (
        ThreadPoolExecutor(1) as agent,
        _network() as network,
        ground.fresh(kind) as url,
        product.serving(
            url,
            ground.database_pids(kind),
            options=f'reply_url = "http://127.0.0.1:{network}/"',
            channels=CHANNELS,
            COMPTOIR_UNDO_SECONDS="0",
            COMPTOIR_IS_PRIVATE_NETWORK_ALLOWED="true",
        ) as served,
    ):
        watch = machine.watch((served.pid, *served.database_pids))
        _ask(served, answers)
        writing = agent.submit(_write_all, served, answers)
        for turn in range(kills):
            _wait_until(partial(_has_taken, network, (turn + 1) * answers // (kills + 1)))
            served.kill()
            served.start()
        keys = writing.result(_PATIENCE)
        _wait_until(lambda: len(_ledger(network)) >= len(keys) and not _unfinished(url))
        return Outcome(len(keys), _ledger(network), _unfinished(url), watch.load())


def _write_all(served: Product, answers: int) -> set[str]:
    """An agent at the form; the keys of the answers that the desk has taken."""
    csrf, keys = served.csrf(), set[str]()
    for ticket_id, seen in desk.open_tickets(served.url, answers):
        key = f"bench-{ticket_id}"
        form = {
            "_csrf": csrf,
            "key": key,
            "seen": str(seen),
            "text": "Bonjour, nous regardons cela et revenons vers vous.",
        }
        while not _is_taken(served, ticket_id, form):
            time.sleep(0.05)  # the program is being started again
        keys.add(key)
    return keys


def _is_taken(served: Product, ticket_id: int, form: dict[str, str]) -> bool:
    try:
        answer = served.post(f"/tickets/{ticket_id}/replies", **form)
    except (OSError, HTTPException):
        return False
    if answer.status not in (303, 503):
        raise RuntimeError(f"the form was answered {answer.status}: {answer.text[:1000]}")
    return answer.status == 303


def _ask(served: Product, answers: int) -> None:
    """Every answer needs somebody who has asked."""
    for number in range(CHANNELS):
        first, last = number * answers // CHANNELS, (number + 1) * answers // CHANNELS
        send(
            Send(
                served.port,
                f"/hooks/{served.channel(number)}",
                served.secret,
                Stream(SERIES, first, last - first, new_every=1),
            )
        )


@contextlib.contextmanager
def _network() -> Iterator[int]:
    port = free_port()
    with process("tests.bench.network", [str(port)]):
        yield port


def _ledger(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ledger", timeout=10) as answer:
        told: dict[str, int] = json.load(answer)
        return told


def _has_taken(network: int, answers: int) -> bool:
    return len(_ledger(network)) >= answers


def _unfinished(url: str) -> int:
    return desk.outbox_not_sent(url)


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)  # looks again
