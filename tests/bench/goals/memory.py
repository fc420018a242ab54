"""G12: what the whole desk holds in memory, idle and under load: messages coming in, windows open, pages being read."""

from tests.bench import machine, product
from tests.bench.figures import Goal, Result
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.load.plans import Arrivals, Look, Read, Send
from tests.bench.load.worker import Worker, look
from tests.bench.messages import Stream
from tests.bench.product import Product
from tests.bench.subject import bare_hook

IDLE, LOADED = 120.0, 200.0
RATE, SECONDS, WINDOWS = 500, 10, 50


def result(ground: Ground, kind: Kind, desk: Product, middle_page: str, idle: float) -> Result:
    """`idle` was read before the first page; the rest is measured now, beside the bare hook under the same messages."""
    load, peak = _under_load(ground, desk, middle_page)
    with ground.fresh(kind) as url, bare_hook(url, ground.database_pids(kind)) as subject:
        bare = machine.resident_megabytes((subject.pid,))
    return Result(
        name=f"memory of a large desk, {TITLES[kind]}",
        unit="MB under load",
        product=peak,
        limit_name="bare hook idle",
        limit=bare,
        goals=(
            Goal(f"at most {IDLE:.0f} MB idle", idle <= IDLE),
            Goal(f"at most {LOADED:.0f} MB under load", peak <= LOADED),
        ),
        rounds=1,
        foreign_cores=load.foreign,
        others={"idle, MB": idle, "database's processes apart": float(len(desk.database_pids))},
    )


def _under_load(ground: Ground, desk: Product, middle_page: str) -> tuple[machine.Load, float]:
    subject = desk.subject
    stream = Stream("memory", 0, ground.count(RATE * SECONDS))
    send = Send(subject.port, subject.hook, subject.secret, stream, rate=RATE)
    read = Read(subject.port, (product.QUEUE, middle_page), subject.cookie, SECONDS * 20, readers=2, every=0.05)
    with look(Look(subject.port, subject.live, subject.cookie, WINDOWS)) as windows:
        with Worker(send) as sender, Worker(read) as reader:
            machine.forget_peak((desk.pid,))
            watch = machine.watch(subject.pids)
            sender.go()
            reader.go()
            sent, pages = sender.sent(), reader.pages()
            load = watch.load()
        seen = windows.seen(Arrivals(list(range(stream.count)), sent.sent_at))
    if sent.other or pages.failed or seen.missing:
        raise RuntimeError(f"not all of the load was answered: {sent.other}, {pages.failed}, {seen.missing} missing")
    return load, machine.peak_megabytes((desk.pid,))
