"""The bench: versions of the bot are trained from its intents, measured, compared, put to work and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.autoreply import measures, training
from bot.desk import intents
from bot.errors import Invalid
from bot.store import agents, answers, trained
from bot.store import intents as kept
from bot.store.answers import Answer
from bot.store.intents import Book
from bot.store.trained import TrainedRow
from bot.store.transaction import Transaction
from inbox import acting, curves, days, drawing, sheets
from inbox.keys import ENGINE
from inbox.rendering import Piece, pieces

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Bench:
    """What the page shows. `is_behind`: the examples are others than those that the version at work has learnt from."""

    book: Book
    versions: tuple[TrainedRow, ...]
    names: Mapping[int, str]
    answered: tuple[Answer, ...]
    at_work: TrainedRow | None
    is_behind: bool


async def index(request: web.Request) -> web.Response:
    engine = request.app[ENGINE]
    today = days.span(days.begins(engine.clock(), ZoneInfo(engine.settings.time_zone)))
    frame, bench = await sheets.look(request, lambda tx: _bench(tx, today))
    return sheets.page(
        request, "training/index.html", frame, "intents", book=bench.book, versions=bench.versions, names=bench.names,
        at_work=bench.at_work, is_behind=bench.is_behind, figure=days.figure(bench.answered),
        under_way=next((one for one in bench.versions if one.is_under_way), None),
        threshold=measures.threshold(bench.at_work.figures, bench.book.target) if bench.at_work else None,
        curve=curves.of(request, bench.at_work),
    )  # fmt: skip


async def create(request: web.Request) -> web.Response:
    await acting.form(request)
    await acting.write(request, lambda tx: training.ask(tx, by=acting.by(request)))
    return sheets.back("/training", "training_asked")


async def stop(request: web.Request) -> web.Response:
    def verb(tx: Transaction) -> None:
        if row := trained.under_way(tx):
            training.stop(tx, row.id, by=acting.by(request))

    await acting.write(request, verb)
    return sheets.back("/training", "training_stopped")


async def progress(request: web.Request) -> web.Response:
    """How far it is, for a page that asks again and again."""
    row = await acting.read(request, trained.under_way)
    return pieces([Piece("training-progress", drawing.draw(request, "training/_progress.html", under_way=row))])


async def aim(request: web.Request) -> web.Response:
    form = await acting.form(request, "target")
    target = form.number("target")
    if target is None:
        raise Invalid("A number is expected here.", field="target")
    await acting.write(request, lambda tx: intents.aim(tx, target, by=acting.by(request)))
    return sheets.back("/training", "target_saved")


async def put_to_work(request: web.Request) -> web.Response:
    form = await acting.form(request, "version")
    id_ = form.number("version") or 0
    await acting.write(request, lambda tx: training.put_to_work(tx, id_, by=acting.by(request)))
    return sheets.back("/training", "version_chosen")


async def take_back(request: web.Request) -> web.Response:
    await acting.form(request)
    await acting.write(request, lambda tx: training.take_back(tx, by=acting.by(request)))
    return sheets.back("/training", "version_chosen")


def _bench(tx: Transaction, today: tuple[datetime, datetime]) -> Bench:
    book = kept.book(tx)
    at_work = trained.find(tx, book.trained_id) if book.trained_id else None
    known = {one.example_id for one in trained.unseen(tx, at_work.id)} if at_work else set[int]()
    told = {each.id for one in book.intents for each in one.examples}
    names = {one.id: one.name for one in agents.all(tx)}
    is_behind = at_work is not None and known != told
    return Bench(book, trained.latest(tx), names, answers.between(tx, *today), at_work, is_behind=is_behind)
