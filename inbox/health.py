"""For those who watch the desk: is it alive, is it ready, how does it do. Figures carry numbers and names of channels, no words.

`live` answers as long as the process turns. `ready` asks the database, its revision and the loops' heartbeats; a balancer sends
nobody to a desk that is not. `metrics` is for Prometheus, from this machine or with the token of the settings.
"""

import bisect
import ipaddress
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hmac import compare_digest

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot import errors
from bot.bootstrap import Engine
from bot.model.outbox import Delivery
from bot.store import events, outbox, quarantines, queue, schema, seals
from bot.store.transaction import Transaction
from inbox import channel_figures
from inbox.keys import ENGINE, LIVE

SILENT = timedelta(seconds=120)  # a long poll may take a minute by itself
ENDLESS = frozenset({"telegraph"})  # its one turn lasts as long as the process, and it waits for the server to speak
MOST_UNSEALED = 1_000  # more than these are not counted; the sealer takes as many at a time
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(slots=True)
class Hooks:
    """How the hooks' answers were: by status, and how long they took. Plain numbers, because every message passes here."""

    by_status: dict[int, int] = field(default_factory=dict[int, int])
    by_time: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def note(self, status: int, seconds: float) -> None:
        self.by_status[status] = self.by_status.get(status, 0) + 1
        self.by_time[bisect.bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


HOOKS: web.AppKey[Hooks] = web.AppKey("hooks", Hooks)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database knows of how the desk does, at one moment."""

    waiting_work: int
    dead_work: int
    unfinished: dict[str, int]
    channels: channel_figures.Seen
    quarantined: int
    event_lag: int
    unsealed: int


async def live(_: web.Request) -> web.Response:
    """The process turns."""
    return web.json_response({"state": "live"})


async def ready(request: web.Request) -> web.Response:
    """200 when it can serve; 503 with a sentence for each reason why not."""
    wrong = await _wrong(request.app[ENGINE])
    return web.json_response({"state": "waiting" if wrong else "ready", "wrong": wrong}, status=503 if wrong else 200)


async def metrics(request: web.Request) -> web.Response:
    """Every figure, in Prometheus' own text. 404 to whoever may not see them."""
    engine = request.app[ENGINE]
    if not _may_see(request, engine.settings.metrics_token):
        raise web.HTTPNotFound
    registry = CollectorRegistry(auto_describe=False)
    snapshot = await engine.database.read(look)
    registry.register(_Figures(engine, request.app[HOOKS], request.app[LIVE].open_windows, snapshot))
    return web.Response(body=generate_latest(registry), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4})


def look(tx: Transaction) -> Snapshot:
    """The figures that the database holds, in one look."""
    waiting, dead = queue.depth(tx)
    return Snapshot(
        waiting_work=waiting,
        dead_work=dead,
        unfinished=outbox.unfinished(tx),
        channels=channel_figures.look(tx),
        quarantined=quarantines.count(tx),
        event_lag=events.lag(tx),
        unsealed=len(seals.unsealed(tx, MOST_UNSEALED)),
    )


async def _wrong(engine: Engine) -> list[str]:
    try:
        revision = await engine.database.read(schema.written)
    except errors.TryLater as error:
        return [error.message]
    wrong = [] if revision == schema.newest() else [f"The database is at revision {revision}. Run `comptoir migrate`."]
    if trouble := engine.database.trouble():
        wrong.append(trouble)
    silent = [name for name in engine.heartbeats.silent(SILENT) if name not in ENDLESS]
    return wrong + [f"The loop {name} has not turned for {SILENT.total_seconds():.0f} seconds." for name in silent]


def _may_see(request: web.Request, token: str) -> bool:
    """With a token set, only who shows it. Without, only this machine, and nobody whom a proxy lets through."""
    given = request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer ")
    if token:
        return compare_digest(given.encode(errors="surrogatepass"), token.encode())
    is_forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return not is_forwarded and ipaddress.ip_address((request.remote or "0.0.0.0").partition("%")[0]).is_loopback  # noqa: S104


class _Figures:
    """One look, as Prometheus wants it told."""

    def __init__(self, engine: Engine, hooks: Hooks, windows: int, snapshot: Snapshot) -> None:
        self._engine = engine
        self._hooks = hooks
        self._windows = windows
        self._seen = snapshot

    def collect(self) -> Iterator[Metric]:
        yield from self._way_in()
        yield from self._way_out()
        yield from channel_figures.told(self._seen.channels)
        yield _gauge("live_windows", "Open windows with a live stream in this process.", self._windows)
        yield _gauge("events_lag", "Transactions by which the event log's horizon is held back.", self._seen.event_lag)
        yield _gauge(
            "events_unsealed",
            f"Events that the sealer has not covered yet, at most {MOST_UNSEALED}.",
            self._seen.unsealed,
        )
        yield _gauge("quarantine", "Messages that could not be taken in and wait for somebody.", self._seen.quarantined)
        yield self._loops()

    def _way_in(self) -> Iterator[Metric]:
        figures = self._engine.intake.figures
        taken = CounterMetricFamily(
            "comptoir_messages", "Messages heard by this process, by what became of them.", labels=["became"]
        )
        for name in ("added", "duplicates", "amended", "set_aside", "refused"):
            taken.add_metric([name], getattr(figures, name))
        yield taken
        yield CounterMetricFamily("comptoir_intake_commits", "Commits that took messages in.", value=figures.commits)
        yield _gauge("intake_waiting", "Messages that wait for their commit.", self._engine.intake.waiting())
        yield _gauge("writer_waiting", "Verbs that wait for the database's writer.", self._engine.database.waiting())
        answers = CounterMetricFamily(
            "comptoir_hooks", "Answers given at the hooks' door, by status.", labels=["status"]
        )
        for status, count in sorted(self._hooks.by_status.items()):
            answers.add_metric([str(status)], count)
        yield answers
        sums = list(itertools.accumulate(self._hooks.by_time))
        buckets = [(str(bound), float(count)) for bound, count in zip((*BUCKETS, "+Inf"), sums, strict=True)]
        about = "From a hook's request to its answer; 200 means committed."
        yield HistogramMetricFamily("comptoir_hook_seconds", about, buckets=buckets, sum_value=self._hooks.seconds)

    def _way_out(self) -> Iterator[Metric]:
        states = GaugeMetricFamily(
            "comptoir_outbox", "Replies that are not finished or need somebody, by state.", labels=["state"]
        )
        for state in Delivery:
            if state.value in self._seen.unfinished or state in (
                Delivery.PENDING,
                Delivery.SENDING,
                Delivery.UNCERTAIN,
            ):
                states.add_metric([state.value], self._seen.unfinished.get(state.value, 0))
        yield states
        yield _gauge("work_waiting", "Follow-up work that waits.", self._seen.waiting_work)
        yield _gauge("work_dead", "Follow-up work that was given up and waits for somebody.", self._seen.dead_work)

    def _loops(self) -> Metric:
        silent = set(self._engine.heartbeats.silent(SILENT)) - ENDLESS
        loops = GaugeMetricFamily("comptoir_loop_turning", "1 for a loop that has turned lately.", labels=["loop"])
        for name in sorted(self._engine.heartbeats.last):
            loops.add_metric([name], float(name not in silent))
        return loops


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"comptoir_{name}", about, value=value)
