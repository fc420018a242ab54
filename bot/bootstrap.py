"""The composition root: settings → Engine. Opens in order, closes in reverse; nothing else builds the program's parts."""

import asyncio
import importlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass

import structlog

from bot import clock, reactions
from bot import settings as configuration
from bot.autoreply.loading import Loader
from bot.connectors.client import Client
from bot.desk.configuring import configure
from bot.desk.hearing import Rules
from bot.desk.intake import Intake
from bot.outbox.dispatcher import Dispatcher
from bot.runners.accounts import Accounts
from bot.runners.courtesy import Waiting
from bot.runners.doors import LOOK_EVERY, Doors
from bot.runners.fetching import MOST_BYTES, Fetching
from bot.runners.housekeeping import Housekeeping
from bot.runners.indexing import Indexing
from bot.runners.listening import Listening
from bot.runners.loops import Heartbeats, Loops
from bot.runners.sealing import Sealing
from bot.runners.training import Training
from bot.runners.understanding import Understanding
from bot.runners.watching import Watching
from bot.runners.working import Working
from bot.settings import Settings, Shape
from bot.store import schema, sole, trained
from bot.store.database import Database, ask_once
from bot.watch.thresholds import Thresholds

log = structlog.get_logger(__name__)

FILE_SECONDS = 60.0


@dataclass(slots=True)
class Engine:
    """The running machine, as the window sees it."""

    settings: Settings
    clock: clock.Clock
    database: Database
    intake: Intake
    doors: Doors
    heartbeats: Heartbeats
    shape: Shape
    holder: str
    loops: Loops


@asynccontextmanager
async def running(settings: Settings, shape: Shape = "all", *, now: clock.Clock = clock.now) -> AsyncIterator[Engine]:
    """The machine from its start to its stop. On SQLite only one process may run it; the error says who does.

    Raises TryLater when the database cannot be reached, Conflict when another process runs it, Invalid for a wrong shape.
    """
    with nullcontext() if settings.database_url else sole.holder(settings.data_dir):
        schema.upgrade(settings.url)
        database = Database(settings.url, now=now, follow=reactions.FOLLOW)
        await database.open()
        engine = _assemble(settings, shape, database, now)
        try:
            await database.write(lambda tx: configure(tx, settings.channel))
            await engine.doors.refresh()
            async with engine.loops.turning():
                log.info("comptoir.started", shape=shape, database=database.dialect, holder=engine.holder)
                yield engine
        finally:
            await engine.doors.close()
            await database.close()
            log.info("comptoir.stopped", holder=engine.holder)


def accounts(settings: Settings) -> Accounts:
    """Channels as their connectors see them, for whoever opens one without running the desk."""
    return Accounts(configuration.secret, _public_url(settings), settings.is_private_network_allowed)


def _public_url(settings: Settings) -> str:
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def _assemble(settings: Settings, shape: Shape, database: Database, now: clock.Clock) -> Engine:
    # Two containers may share a name and a number; a lease must tell them apart.
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    heartbeats = Heartbeats()
    loops = Loops(heartbeats)
    intake = Intake(database, Rules(settings.reopening), settings.intake_limit, beat=lambda: heartbeats.beat("intake"))
    is_private_allowed = settings.is_private_network_allowed
    doors = Doors(database, now, configuration.secret, _public_url(settings), is_private_allowed=is_private_allowed)
    # Stopped in reverse: first hearing ends, then the work in hand, and what all of them write to comes last.
    if database.dialect == "postgresql":
        loops.add("telegraph", _telegraph(database))
    loops.add("intake", intake.run)
    loops.add("doors", _refreshing(doors))
    if shape in ("all", "work"):
        dispatcher = Dispatcher(database, doors.connector, now)
        loops.add("dispatching", dispatcher.turn, dispatcher.stop)
        _add_fetching(loops, database, doors, is_private_allowed)
        loops.add("working", Working(database, intake.waiting).turn)
        _add_followers(loops, database, holder, intake.waiting)
        _add_bot(loops, database, _understanding(settings, database, doors, intake.waiting, holder))
        loops.add("housekeeping", Housekeeping(database, holder).turn)
    if shape in ("all", "listen"):
        listening = Listening(database, intake, doors, heartbeats, holder)
        loops.add("listening", listening.turn, listening.stop)
    return Engine(settings, now, database, intake, doors, heartbeats, shape, holder, loops)


def _add_followers(loops: Loops, database: Database, holder: str, waiting: Waiting) -> None:
    """What follows the log: one process at a time does each."""
    loops.add("sealing", Sealing(database, holder, waiting).turn)
    loops.add("indexing", Indexing(database, holder, waiting).turn)
    watch = Watching(database, holder, Thresholds(), waiting)
    loops.add("watching", watch.turn, watch.stop)


def _understanding(
    settings: Settings, database: Database, doors: Doors, waiting: Waiting, holder: str
) -> Understanding:
    """In the language of the house where it writes to colleagues."""
    load = Loader(lambda id_: ask_once(settings.url, lambda tx: trained.body(tx, id_)))
    house = {"brand": settings.brand, "locale": settings.default_locale}
    return Understanding(database, holder, doors.connector, load, **house, waiting=waiting)


def _add_bot(loops: Loops, database: Database, understanding: Understanding) -> None:
    """It understands, and it is trained."""
    loops.add("understanding", understanding.turn)
    loops.add("training", Training(database).turn)


def _add_fetching(loops: Loops, database: Database, doors: Doors, is_private_allowed: bool) -> None:
    way = Client(is_private_network_allowed=is_private_allowed, most_bytes=MOST_BYTES, total_seconds=FILE_SECONDS)
    fetching = Fetching(database, doors.connector, way)
    loops.add("fetching", fetching.turn, fetching.stop)


def _telegraph(database: Database) -> Callable[[], Awaitable[None]]:
    """Its driver comes with the `postgres` extra, so it is not imported for SQLite."""
    module = importlib.import_module("bot.store.telegraph")
    run: Callable[[], Awaitable[None]] = module.Telegraph(database.url, database.bell).run
    return run


def _refreshing(doors: Doors) -> Callable[[], Awaitable[None]]:
    async def turn() -> None:
        await doors.refresh()
        await asyncio.sleep(LOOK_EVERY.total_seconds())

    return turn
