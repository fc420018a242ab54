"""G9: searching a desk of a million messages, for a common word and for a rare one, as an agent sees it: the whole page.

The limit is the bare page: the same framework and template engine, fifty rows, no database and no session.
"""

import contextlib
from collections.abc import Iterator
from functools import partial

from sqlalchemy import update

from bot.model.columns import table
from bot.model.message import Message
from bot.store import search
from bot.store.database import run_once
from bot.store.transaction import Transaction
from tests.bench import desk, machine, product, seeding
from tests.bench.figures import Goal, Result, foreign, median, percentile
from tests.bench.goals.large import LARGE, PAGES, Desk
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.load.plans import Pages, Read
from tests.bench.load.worker import read
from tests.bench.subject import bare_windows

P99 = 0.025
TOGETHER = 5_000
RARE_EVERY = 20_000
RARE = "Où en est mon remboursement ?"
QUESTIONS = {
    "common word": "virement",
    "rare word": "remboursement",
    "two words": "fingerprint+account",
    "contact": "person",
}
_MESSAGE = table(Message)


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        with _searchable(ground, kind, ground.count(LARGE)) as one, bare_windows() as bare:
            pages: dict[str, list[Pages]] = {name: [] for name in ("bare", *QUESTIONS)}
            loads: list[machine.Load] = []
            count = ground.count(PAGES)
            for question in QUESTIONS.values():
                one.read(f"/search?q={question}", 3)  # the first pages compile the templates
            for _ in range(ground.rounds):
                watch = machine.watch((), *one.served.database_pids)
                pages["bare"].append(read(Read(bare.port, ("/page",), "", count)))
                for name, question in QUESTIONS.items():
                    pages[name].append(one.read(f"/search?q={question}", count))
                loads.append(watch.load())
            for name in QUESTIONS:
                yield _result(kind, name, pages, loads, len(one.seeded.tickets))


@contextlib.contextmanager
def _searchable(ground: Ground, kind: Kind, messages: int) -> Iterator[Desk]:
    """A desk that has been used once, filled, indexed by its own means, and started again."""
    with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
        channel = desk.channel_id(url, product.CHANNEL)
        served.stop()
        seeded = seeding.seed(url, channel, messages)
        rare = list(seeded.tickets[:: min(RARE_EVERY, max(1, messages // 10))])
        run_once(url, lambda tx: _reword(tx, rare))
        for start in range(0, len(seeded.tickets), TOGETHER):
            run_once(url, partial(search.keep, message_ids=seeded.tickets[start : start + TOGETHER]))
        served.start()
        yield Desk(served, seeded)


def _reword(tx: Transaction, ids: list[int]) -> None:
    tx.connection.execute(update(_MESSAGE).where(_MESSAGE.c.id.in_(ids)).values(text=RARE))


def _result(kind: Kind, name: str, pages: dict[str, list[Pages]], loads: list[machine.Load], messages: int) -> Result:
    if failed := next((one.failed for one in pages[name] if one.failed), None):
        raise RuntimeError(f"{name}: {failed}")
    p50, p99, bare = _at(pages[name], 0.5), _at(pages[name], 0.99), _at(pages["bare"], 0.99)
    return Result(
        f"search, {name}, {messages} messages, p99, {TITLES[kind]}",
        "ms",
        p99 * 1000,
        "bare page",
        bare * 1000,
        (Goal(f"p99 at most {P99 * 1000:.0f} ms", p99 <= P99),),
        len(loads),
        foreign(loads),
        {"p50, ms": p50 * 1000, "kB a page": pages[name][0].bytes_each / 1024},
    )


def _at(rounds: list[Pages], share: float) -> float:
    return median([percentile(one.seconds, share) for one in rounds])
