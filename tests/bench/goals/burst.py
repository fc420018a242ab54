"""G6: five thousand messages at the same moment: how long until all are in, the memory it costs, and what is beyond the limit."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import desk, machine, product
from tests.bench.figures import Goal, Result, foreign, median
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.load.plans import Send, Sent
from tests.bench.load.worker import Worker
from tests.bench.messages import Stream
from tests.bench.subject import Subject, bare_hook

MESSAGES = 5_000
SECONDS = 5.0
MEGABYTES = 50.0
SMALL_LIMIT = "500"


@dataclass(frozen=True, slots=True)
class Round:
    sent: Sent
    grown: float
    lost: int
    load: machine.Load


def run(ground: Ground) -> Iterator[Result]:
    count = ground.count(MESSAGES)
    for kind in ground.kinds:
        bare: list[Round] = []
        ours: list[Round] = []
        full: list[Round] = []
        for _ in range(ground.rounds):
            with ground.fresh(kind) as url, bare_hook(url, ground.database_pids(kind)) as subject:
                bare.append(_burst(subject, count))
            with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
                ours.append(_burst(served.subject, count, url))
            with (
                ground.fresh(kind) as url,
                product.serving(url, ground.database_pids(kind), COMPTOIR_INTAKE_LIMIT=SMALL_LIMIT) as served,
            ):
                full.append(_burst(served.subject, count, url))
        yield _drained(kind, count, ours, bare)
        yield _refused(kind, full)


def _burst(subject: Subject, count: int, url: str = "") -> Round:
    """One connection a message, all opened before; a sender that hears 503 obeys Retry-After."""
    plan = Send(subject.port, subject.hook, subject.secret, Stream("burst", 0, count), senders=count, is_patient=True)
    with Worker(plan) as worker:
        before = machine.resident_megabytes((subject.pid,))
        machine.forget_peak((subject.pid,))
        watch = machine.watch(subject.pids)
        worker.go()
        sent = worker.sent()
        load = watch.load()
    grown = machine.peak_megabytes((subject.pid,)) - before
    return Round(sent, grown, desk.tally(url, "burst", count).lost if url else 0, load)


def _drained(kind: Kind, count: int, ours: list[Round], bare: list[Round]) -> Result:
    seconds, grown = median([one.sent.took for one in ours]), median([one.grown for one in ours])
    lost = sum(one.lost for one in ours)
    return Result(
        name=f"burst of {count}, {TITLES[kind]}",
        unit="s",
        product=seconds,
        limit_name="bare hook",
        limit=median([one.sent.took for one in bare]),
        goals=(
            Goal(f"all in within {SECONDS:.0f} s", seconds <= SECONDS),
            Goal("none lost", lost == 0),
            Goal(f"memory grows by at most {MEGABYTES:.0f} MB", grown <= MEGABYTES),
        ),
        rounds=len(ours),
        foreign_cores=foreign([one.load for one in ours + bare]),
        others={
            "memory grew by, MB": grown,
            "lost": lost,
            "answered 503 and sent again": sum(one.sent.busy for one in ours),
        },
    )


def _refused(kind: Kind, full: list[Round]) -> Result:
    refused = sum(one.sent.busy for one in full)
    lost = sum(one.lost for one in full)
    return Result(
        name=f"burst with room for {SMALL_LIMIT}, {TITLES[kind]}",
        unit="answers 503",
        product=refused,
        limit_name="",
        limit=None,
        goals=(
            Goal("the sender is told to come later", refused > 0),
            Goal("with a Retry-After each time", all(one.sent.without_retry_after == 0 for one in full)),
            Goal("and when it has, none is lost", lost == 0),
        ),
        rounds=len(full),
        foreign_cores=foreign([one.load for one in full]),
        others={"lost": lost, "seconds until all were in": median([one.sent.took for one in full])},
    )
