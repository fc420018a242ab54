"""G15: a message that is delivered again costs no more than it did the first time, and is answered 200."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import desk, machine, product
from tests.bench.figures import Goal, Result, foreign, median
from tests.bench.ground import TITLES, Ground
from tests.bench.load.plans import Send
from tests.bench.load.worker import Worker
from tests.bench.messages import Stream
from tests.bench.subject import Subject

MESSAGES = 5_000


@dataclass(frozen=True, slots=True)
class Round:
    microseconds: float
    refused: int
    load: machine.Load


def run(ground: Ground) -> Iterator[Result]:
    count = ground.count(MESSAGES)
    for kind in ground.kinds:
        first: list[Round] = []
        again: list[Round] = []
        doubled = 0
        for turn in range(ground.rounds):
            with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
                stream = Stream(f"twice{turn}", 0, count)
                first.append(_cost(served.subject, stream))
                again.append(_cost(served.subject, stream))
                doubled += desk.tally(url, stream.series, count).doubled
        cost, limit = median([one.microseconds for one in again]), median([one.microseconds for one in first])
        yield Result(
            name=f"a duplicate's cost, {TITLES[kind]}",
            unit="microseconds of processor",
            product=cost,
            limit_name="first delivery",
            limit=limit,
            goals=(
                Goal("at most that of the first delivery", cost <= limit),
                Goal("always answered 200", all(one.refused == 0 for one in again)),
                Goal("none doubled", doubled == 0),
            ),
            rounds=ground.rounds,
            foreign_cores=foreign([one.load for one in first + again]),
        )


def _cost(subject: Subject, stream: Stream) -> Round:
    with Worker(Send(subject.port, subject.hook, subject.secret, stream)) as worker:
        watch = machine.watch(subject.pids)
        worker.go()
        sent = worker.sent()
        load = watch.load()
        subject.settle()
        seconds = watch.server_seconds()
    return Round(seconds / stream.count * 1e6, sent.busy + sum(sent.other.values()), load)
