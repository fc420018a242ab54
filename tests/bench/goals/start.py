"""G13: from the command to the first page of a signed-in agent, on a database that exists already."""

import contextlib
import time
from collections.abc import Iterator
from http.client import HTTPException

from tests.bench import machine, product
from tests.bench.figures import Goal, Result, foreign, median
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.product import Product
from tests.bench.subject import bare_hook

SECONDS = 2.0
_PATIENCE = 60.0


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        bare: list[float] = []
        ours: list[float] = []
        loads: list[machine.Load] = []
        with ground.fresh(kind) as url, product.serving(url, ground.database_pids(kind)) as served:
            for _ in range(ground.rounds):
                watch = machine.watch(())
                bare.append(_bare_start(ground, kind))
                served.stop()
                ours.append(_start(served))
                loads.append(watch.load())
        seconds = median(ours)
        yield Result(
            name=f"cold start to the first signed-in page, {TITLES[kind]}",
            unit="s",
            product=seconds,
            limit_name="bare hook ready",
            limit=median(bare),
            goals=(Goal(f"at most {SECONDS:.1f} s", seconds <= SECONDS),),
            rounds=ground.rounds,
            foreign_cores=foreign(loads),
            others={"longest, s": max(ours)},
        )


def _start(served: Product) -> float:
    started = time.monotonic()
    served.launch()
    while time.monotonic() - started < _PATIENCE:
        with contextlib.suppress(OSError, HTTPException):
            page = served.get(product.QUEUE)
            if page.status == 200 and product.NAME in page.text:
                return time.monotonic() - started
        time.sleep(0.005)  # asks again
    raise RuntimeError("no signed-in page came")


def _bare_start(ground: Ground, kind: Kind) -> float:
    with ground.fresh(kind) as url:
        started = time.monotonic()
        with bare_hook(url, ground.database_pids(kind)):
            return time.monotonic() - started
