"""G4, G5: how soon a message is acknowledged, and how soon fifty open windows show it, at 100 and at 500 messages a second."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import machine, product
from tests.bench.figures import Goal, Result, foreign, median, percentile
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.load.plans import Arrivals, Look, Seen, Send
from tests.bench.load.worker import Worker, look, send
from tests.bench.messages import Stream
from tests.bench.subject import Subject, bare_hook

WINDOWS = 50
SECONDS = 6
ACK_LIMIT = 0.090
PUSH_LIMIT = {100: 0.080, 500: 0.090}


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds from the moment a message was due to be sent."""

    ack_p50: float
    ack_p99: float
    seen: Seen
    load: machine.Load


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        bare: dict[int, list[Round]] = {rate: [] for rate in PUSH_LIMIT}
        ours: dict[int, list[Round]] = {rate: [] for rate in PUSH_LIMIT}
        for _ in range(ground.rounds):
            with ground.fresh(kind) as url, bare_hook(url, ground.database_pids(kind)) as subject:
                _both_rates(ground, subject, bare)
            with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
                _both_rates(ground, served.subject, ours)
        yield _ack(kind, ours[500], bare[500])
        for rate in PUSH_LIMIT:
            yield _push(kind, rate, ours[rate], bare[rate])


def _both_rates(ground: Ground, subject: Subject, rounds: dict[int, list[Round]]) -> None:
    send(Send(subject.port, subject.hook, subject.secret, Stream("known", 0, 1000, new_every=0)))
    subject.settle()
    for rate, found in rounds.items():
        found.append(_at_rate(subject, rate, ground.count(rate * SECONDS)))


def _at_rate(subject: Subject, rate: int, count: int) -> Round:
    stream = Stream(f"rate{rate}", rate * 1_000_000, count)
    with look(Look(subject.port, subject.live, subject.cookie, WINDOWS)) as windows:
        with Worker(Send(subject.port, subject.hook, subject.secret, stream, rate=rate)) as worker:
            watch = machine.watch(subject.pids)
            worker.go()
            sent = worker.sent()
            load = watch.load()
        numbers = list(range(stream.first, stream.first + stream.count))
        seen = windows.seen(Arrivals(numbers, sent.sent_at))
    subject.settle()
    if sent.other or sent.busy:
        raise RuntimeError(f"{subject.name} did not take all messages: {sent.other}, {sent.busy} times busy")
    return Round(percentile(sent.seconds, 0.5), percentile(sent.seconds, 0.99), seen, load)


def _ack(kind: Kind, ours: list[Round], bare: list[Round]) -> Result:
    p99, limit = median([one.ack_p99 for one in ours]), median([one.ack_p99 for one in bare])
    return Result(
        name=f"acknowledgement at 500/s, p99, {TITLES[kind]}",
        unit="ms",
        product=p99 * 1000,
        limit_name="bare hook",
        limit=limit * 1000,
        goals=(
            Goal(f"at most {ACK_LIMIT * 1000:.0f} ms", p99 <= ACK_LIMIT),
            Goal("at most three times the bare hook", p99 <= 3 * limit),
        ),
        rounds=len(ours),
        foreign_cores=foreign([one.load for one in ours + bare]),
        others={"p50, ms": median([one.ack_p50 for one in ours]) * 1000},
    )


def _push(kind: Kind, rate: int, ours: list[Round], bare: list[Round]) -> Result:
    p99, limit = median([one.seen.p99 for one in ours]), median([one.seen.p99 for one in bare])
    missing = sum(one.seen.missing for one in ours)
    goals = [
        Goal(f"at most {PUSH_LIMIT[rate] * 1000:.0f} ms", p99 <= PUSH_LIMIT[rate]),
        Goal("nothing missing in any window", missing == 0),
    ]
    if rate == 500:
        goals.append(Goal("at most three times the bare hook", p99 <= 3 * limit))
    return Result(
        name=f"message to {WINDOWS} windows at {rate}/s, p99, {TITLES[kind]}",
        unit="ms",
        product=p99 * 1000,
        limit_name="bare hook",
        limit=limit * 1000,
        goals=tuple(goals),
        rounds=len(ours),
        foreign_cores=foreign([one.load for one in ours + bare]),
        others={
            "p50, ms": median([one.seen.p50 for one in ours]) * 1000,
            "longest, ms": max(one.seen.longest for one in ours) * 1000,
            "expected in all windows": sum(one.seen.expected for one in ours),
            "missing": missing,
            "cores used by all of ours": median([one.load.own for one in ours]),
        },
    )
