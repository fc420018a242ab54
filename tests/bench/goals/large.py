"""G7, G8, G10, G12: a desk of a million tickets beside one of a thousand: the queue's pages, a conversation's page, and memory.

Both desks run at once and are read in turns. The limit of a page is the bare one: the same framework and template engine, fifty
rows, no database and no session.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.bench import desk, machine, product, seeding
from tests.bench.figures import Goal, Result, foreign, median, percentile
from tests.bench.goals import memory
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.load.plans import Pages, Read
from tests.bench.load.worker import read
from tests.bench.product import Product
from tests.bench.seeding import Seeded
from tests.bench.subject import bare_windows

SMALL = 1_000
LARGE = 1_000_000
PAGES = 200
QUEUE_P50, QUEUE_P99, GROWTH = 0.010, 0.030, 1.5
CONVERSATION_P50 = 0.015
PAGES_A_SECOND = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """A running product and what was written into it."""

    served: Product
    seeded: Seeded

    @property
    def middle_page(self) -> str:
        """The queue from its middle on."""
        return f"{product.QUEUE}?after={self.seeded.middle}"

    def read(self, path: str, count: int, readers: int = 1) -> Pages:
        """Read a page so often, as its signed-in agent."""
        plan = Read(self.served.port, (path,), self.served.cookie, count, readers=readers, expect=product.NAME)
        return read(plan)


@dataclass(slots=True)
class Measured:
    """Seconds of each round's pages, by what was read: "first 1k", "middle 1M", "conversation" …"""

    pages: dict[str, list[Pages]] = field(default_factory=dict[str, list[Pages]])
    loads: list[machine.Load] = field(default_factory=list[machine.Load])

    def add(self, name: str, pages: Pages) -> None:
        if pages.failed:
            raise RuntimeError(f"{name}: {pages.failed}")
        self.pages.setdefault(name, []).append(pages)

    def p50(self, name: str) -> float:
        return median([percentile(one.seconds, 0.5) for one in self.pages[name]])

    def p99(self, name: str) -> float:
        return median([percentile(one.seconds, 0.99) for one in self.pages[name]])

    def rate(self, name: str) -> float:
        return median([len(one.seconds) / one.took for one in self.pages[name]])


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        with contextlib.ExitStack() as stack:
            small = stack.enter_context(_seeded(ground, kind, SMALL))
            large = stack.enter_context(_seeded(ground, kind, ground.count(LARGE)))
            idle = machine.resident_megabytes((large.served.pid,))
            bare = stack.enter_context(bare_windows())
            _round(Ground(1, None, 0), Measured(), small, large, bare.port)  # the first pages compile the templates
            measured = Measured()
            for _ in range(ground.rounds):
                _round(ground, measured, small, large, bare.port)
            yield from _results(kind, measured, len(large.seeded.tickets))
            yield memory.result(ground, kind, large.served, large.middle_page, idle)


@contextlib.contextmanager
def _seeded(ground: Ground, kind: Kind, tickets: int) -> Iterator[Desk]:
    """A desk that has been used once (so that its channel has a row), filled, and started again."""
    with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
        channel = desk.channel_id(url, product.CHANNEL)
        served.stop()
        seeded = seeding.seed(url, channel, tickets)
        served.start()
        yield Desk(served, seeded)


def _round(ground: Ground, measured: Measured, small: Desk, large: Desk, bare_port: int) -> None:
    watch = machine.watch((), *small.served.database_pids)
    count = ground.count(PAGES)
    measured.add("bare", read(Read(bare_port, ("/page",), "", count)))
    for size, one in (("1k", small), ("1M", large)):
        for place, path in (("first", product.QUEUE), ("middle", one.middle_page)):
            measured.add(f"{place} {size}", one.read(path, count))
    measured.add("conversation", large.read(f"{product.QUEUE}/tickets/{large.seeded.long_ticket}", count))
    measured.add("bare rate", read(Read(bare_port, ("/page",), "", 3 * count, readers=8)))
    measured.add("rate", large.read(product.QUEUE, 3 * count, readers=8))
    measured.loads.append(watch.load())


def _results(kind: Kind, measured: Measured, tickets: int) -> Iterator[Result]:
    for place in ("first", "middle"):
        yield _queue_page(kind, place, measured, tickets)
    yield _result(
        measured,
        f"queue pages at 8 readers, {tickets} tickets, {TITLES[kind]}",
        "pages/s",
        (measured.rate("rate"), measured.rate("bare rate")),
        (Goal(f"at least {PAGES_A_SECOND} pages/s", measured.rate("rate") >= PAGES_A_SECOND),),
    )
    p50 = measured.p50("conversation")
    yield _result(
        measured,
        f"conversation page of 50 messages, p50, {TITLES[kind]}",
        "ms",
        (p50 * 1000, measured.p50("bare") * 1000),
        (Goal(f"at most {CONVERSATION_P50 * 1000:.0f} ms", p50 <= CONVERSATION_P50),),
        {"p99, ms": measured.p99("conversation") * 1000},
    )


def _queue_page(kind: Kind, place: str, measured: Measured, tickets: int) -> Result:
    small, large = f"{place} 1k", f"{place} 1M"
    p50, p99 = measured.p50(large), measured.p99(large)
    return _result(
        measured,
        f"queue page, {place}, {tickets} tickets, p99, {TITLES[kind]}",
        "ms",
        (p99 * 1000, measured.p99("bare") * 1000),
        (
            Goal(f"p50 at most {QUEUE_P50 * 1000:.0f} ms", p50 <= QUEUE_P50),
            Goal(f"p99 at most {QUEUE_P99 * 1000:.0f} ms", p99 <= QUEUE_P99),
            Goal(f"p99 at most {GROWTH} times that at {SMALL} tickets", p99 <= GROWTH * measured.p99(small)),
        ),
        {
            "p50, ms": p50 * 1000,
            f"at {SMALL} tickets p50, ms": measured.p50(small) * 1000,
            f"at {SMALL} tickets p99, ms": measured.p99(small) * 1000,
            "kB a page": measured.pages[large][0].bytes_each / 1024,
        },
    )


def _result(
    measured: Measured,
    name: str,
    unit: str,
    figures: tuple[float, float],
    goals: tuple[Goal, ...],
    others: dict[str, float] | None = None,
) -> Result:
    return Result(
        name,
        unit,
        figures[0],
        "bare page",
        figures[1],
        goals,
        len(measured.loads),
        foreign(measured.loads),
        others or {},
    )
