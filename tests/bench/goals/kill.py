"""G14: the program is killed in the middle of its work, again and again. Nothing may be lost, nothing taken twice."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import desk, machine, product
from tests.bench.desk import Tally
from tests.bench.figures import Goal, Result
from tests.bench.ground import TITLES, Ground
from tests.bench.load.plans import Send
from tests.bench.load.worker import Worker
from tests.bench.messages import Stream
from tests.bench.product import Product

KILLS = 5
MESSAGES = 1_000
RATE = 500
SERIES = "kill"
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`repeated` requests had lost their answer and were sent again."""

    tally: Tally
    sent: int
    repeated: int
    load: machine.Load


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
            outcome = rounds_of_kills(served, KILLS, ground.count(MESSAGES))
        yield Result(
            name=f"kill -9 under load, {KILLS} times, {TITLES[kind]}",
            unit="lost",
            product=outcome.tally.lost,
            limit_name="",
            limit=None,
            goals=(
                Goal("none lost", outcome.tally.lost == 0),
                Goal("none doubled", outcome.tally.doubled == 0),
                Goal("requests were in flight when it died", outcome.repeated > 0),
            ),
            rounds=KILLS,
            foreign_cores=outcome.load.foreign,
            others={
                "sent": outcome.sent,
                "doubled": outcome.tally.doubled,
                "repeated by the sender": outcome.repeated,
            },
        )


def rounds_of_kills(served: Product, kills: int, messages: int) -> Outcome:
    """Kill and start again once in each series of messages, at a moment that differs; senders repeat until they hear 2xx."""
    watch = machine.watch((served.pid, *served.database_pids))
    chance = random.Random(kills)
    repeated = 0
    for turn in range(kills):
        stream = Stream(SERIES, turn * messages, messages, new_every=3)
        plan = Send(
            served.port, f"/hooks/{product.CHANNEL}", served.secret, stream, senders=32, rate=RATE, is_patient=True
        )
        with Worker(plan) as worker:
            worker.go()
            _wait_for(served.url, turn * messages + int(messages * chance.uniform(0.1, 0.7)))
            served.kill()
            served.start()
            repeated += worker.sent().tries - messages
    return Outcome(desk.tally(served.url, SERIES, kills * messages), kills * messages, repeated, watch.load())


def _wait_for(url: str, count: int) -> None:
    """Until this many are committed."""
    until = time.monotonic() + _PATIENCE
    while desk.count(url, SERIES) < count:
        if time.monotonic() > until:
            raise RuntimeError(f"{count} messages were not taken in within {_PATIENCE:.0f} s")
        time.sleep(0.005)  # looks again
