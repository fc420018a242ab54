"""G1, G2: how many signed messages a second are taken in durably, and what one costs the processors.

Limits: the bare hook on the same database, and the plain driver without any hook.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench import machine, product
from tests.bench.figures import Goal, Result, foreign, median
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.limits import driver
from tests.bench.load.plans import Send
from tests.bench.load.worker import Worker, send
from tests.bench.messages import Stream
from tests.bench.subject import Subject, bare_hook

MESSAGES = 20_000
MICROSECONDS: dict[Kind, float] = {"sqlite": 650, "postgresql": 750}


@dataclass(frozen=True, slots=True)
class Round:
    """Messages a second, and microseconds of every server process for one of them."""

    rate: float
    microseconds: float
    load: machine.Load


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        bare: list[Round] = []
        ours: list[Round] = []
        driver_rates: dict[int, list[float]] = {1: [], 100: []}
        for turn in range(ground.rounds):
            for batch, rates in driver_rates.items():
                rates.append(_driver_rate(ground, kind, batch))
            with ground.fresh(kind) as url, bare_hook(url, ground.database_pids(kind)) as subject:
                bare.append(take_in(subject, ground.count(MESSAGES), turn))
            with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
                ours.append(take_in(served.subject, ground.count(MESSAGES), turn))
        yield _result(kind, ours, bare, {batch: median(rates) for batch, rates in driver_rates.items()})


def take_in(subject: Subject, count: int, turn: int) -> Round:
    """Send after a warm-up in which the known people write for the first time. Raises when any message was not taken."""
    send(Send(subject.port, subject.hook, subject.secret, Stream(f"known{turn}", 0, 1000, new_every=0)))
    subject.settle()
    stream = Stream(f"round{turn}", 0, count)
    with Worker(Send(subject.port, subject.hook, subject.secret, stream)) as worker:
        watch = machine.watch(subject.pids)
        worker.go()
        sent = worker.sent()
        load = watch.load()
        subject.settle()
        seconds = watch.server_seconds()
    if sent.other or sent.busy:
        raise RuntimeError(f"{subject.name} did not take all messages: {sent.other}, {sent.busy} times busy")
    return Round(count / sent.took, seconds / count * 1e6, load)


def _driver_rate(ground: Ground, kind: Kind, batch: int) -> float:
    stream = Stream("driver", 0, ground.count(2_000 if batch == 1 else MESSAGES))
    if kind == "sqlite":
        return driver.sqlite_rate(stream, batch)
    with ground.fresh(kind) as url:
        return driver.postgres_rate(url, stream, batch)


def _result(kind: Kind, ours: list[Round], bare: list[Round], driver_rates: dict[int, float]) -> Result:
    rate, bare_rate = _middle(ours, lambda one: one.rate), _middle(bare, lambda one: one.rate)
    cost = _middle(ours, lambda one: one.microseconds)
    goals = [
        Goal("at least half the rate of the bare hook", rate >= 0.5 * bare_rate),
        Goal(f"at most {MICROSECONDS[kind]:.0f} microseconds of processor a message", cost <= MICROSECONDS[kind]),
    ]
    if kind == "sqlite":
        goals += [
            Goal("at least 60 % of the plain driver with a commit each", rate >= 0.6 * driver_rates[1]),
            Goal("at least 12 % of the plain driver with 100 in a commit", rate >= 0.12 * driver_rates[100]),
        ]
    others = {
        "microseconds of processor a message": cost,
        "the bare hook's microseconds": _middle(bare, lambda one: one.microseconds),
        "plain driver, a commit each, messages/s": driver_rates[1],
        "plain driver, 100 in a commit, messages/s": driver_rates[100],
    }
    return Result(
        name=f"ingest, {TITLES[kind]}",
        unit="messages/s",
        product=rate,
        limit_name="bare hook",
        limit=bare_rate,
        goals=tuple(goals),
        rounds=len(ours),
        foreign_cores=foreign([one.load for one in ours + bare]),
        others=others,
    )


def _middle(rounds: list[Round], figure: Callable[[Round], float]) -> float:
    return median([figure(one) for one in rounds])
