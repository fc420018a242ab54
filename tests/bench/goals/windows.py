"""G11: five thousand open windows in one process, ten messages a second shown in all of them, while others read pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import machine, product
from tests.bench.figures import Goal, Result, foreign, median, percentile
from tests.bench.ground import Ground
from tests.bench.load.plans import Arrivals, Look, Pages, Read, Seen, Send
from tests.bench.load.worker import Worker, look
from tests.bench.messages import Stream
from tests.bench.subject import Subject, bare_windows

WINDOWS = 5_000
RATE = 10
SECONDS = 6
KILOBYTES = 15.0
MICROSECONDS = 25.0
OTHERS_P99 = 0.050


@dataclass(frozen=True, slots=True)
class Round:
    """`kilobytes` a window, `microseconds` of the server's processor a delivery."""

    kilobytes: float
    microseconds: float
    seen: Seen
    pages: Pages
    load: machine.Load


def run(ground: Ground) -> Iterator[Result]:
    bare: list[Round] = []
    ours: list[Round] = []
    for turn in range(ground.rounds):
        with bare_windows() as subject:
            bare.append(_round(ground, subject, "/page", turn))
        with ground.fresh("sqlite") as url, product.serving(url) as served:
            ours.append(_round(ground, served.subject, "/health/live", turn))
    yield _result(ground, ours, bare)


def _round(ground: Ground, subject: Subject, page: str, turn: int) -> Round:
    count = ground.count(WINDOWS)
    before = machine.resident_megabytes((subject.pid,))
    with look(Look(subject.port, subject.live, subject.cookie, count)) as windows:
        kilobytes = (machine.resident_megabytes((subject.pid,)) - before) * 1024 / count
        stream = Stream(f"windows{turn}", turn * 1000, RATE * SECONDS)
        send = Send(subject.port, subject.hook, subject.secret, stream, senders=4, rate=RATE)
        read = Read(subject.port, (page,), subject.cookie, SECONDS * 20, every=0.04)
        with Worker(send) as sender, Worker(read) as reader:
            watch = machine.watch(subject.pids)
            sender.go()
            reader.go()
            sent, pages = sender.sent(), reader.pages()
            seconds, load = watch.server_seconds(), watch.load()
        numbers = list(range(stream.first, stream.first + stream.count))
        seen = windows.seen(Arrivals(numbers, sent.sent_at))
    deliveries = stream.count * count
    return Round(kilobytes, seconds / deliveries * 1e6, seen, pages, load)


def _result(ground: Ground, ours: list[Round], bare: list[Round]) -> Result:
    cost, limit = median([one.microseconds for one in ours]), median([one.microseconds for one in bare])
    size = median([one.kilobytes for one in ours])
    others_p99 = median([percentile(one.pages.seconds, 0.99) for one in ours])
    missing = sum(one.seen.missing for one in ours)
    return Result(
        name=f"{ground.count(WINDOWS)} windows, {RATE} messages/s to all",
        unit="microseconds of processor a delivery, all else included",
        product=cost,
        limit_name="bare stream",
        limit=limit,
        goals=(
            Goal(f"at most {MICROSECONDS:.0f} microseconds a delivery", cost <= MICROSECONDS),
            Goal(f"at most {KILOBYTES:.0f} kB a window", size <= KILOBYTES),
            Goal(f"other requests' p99 at most {OTHERS_P99 * 1000:.0f} ms", others_p99 <= OTHERS_P99),
            Goal("nothing missing in any window", missing == 0),
        ),
        rounds=len(ours),
        foreign_cores=foreign([one.load for one in ours + bare]),
        others={
            "kB a window": size,
            "the bare stream's kB": median([one.kilobytes for one in bare]),
            "other requests' p99, ms": others_p99 * 1000,
            "the bare stream's other requests' p99, ms": median([percentile(one.pages.seconds, 0.99) for one in bare])
            * 1000,
            "message to window p99, ms": median([one.seen.p99 for one in ours]) * 1000,
            "the bare stream's p99, ms": median([one.seen.p99 for one in bare]) * 1000,
            "missing": missing,
        },
    )
