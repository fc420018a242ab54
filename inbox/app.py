"""The web application in front of a running machine: middleware, pages, the live stream; all closed in reverse."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.bootstrap import Engine
from bot.desk.signing_in import Limits
from inbox import headers, routes
from inbox.access import PORTER, Porter
from inbox.health import HOOKS, Hooks
from inbox.keys import ENGINE, LIVE, RENDERER
from inbox.live import Live
from inbox.looks import Looks
from inbox.middleware import LONGEST_BODY, Entrance
from inbox.rendering import Renderer
from inbox.uploads import ONE_PICTURE


def build(engine: Engine) -> web.Application:
    """The application of an engine that runs. Raises Invalid when its settings cannot be used."""
    settings, database = engine.settings, engine.database
    renderer = Renderer(
        ZoneInfo(settings.time_zone), settings.brand, is_demo=settings.is_demo, looks=Looks(engine.doors.networks())
    )
    limits = Limits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    porter = Porter(database, engine.clock, limits)
    entrance = Entrance(settings, database, porter, renderer)
    app = web.Application(middlewares=[entrance.pass_through], client_max_size=LONGEST_BODY)
    app[ENGINE], app[RENDERER], app[PORTER], app[HOOKS] = engine, renderer, porter, Hooks()
    app[ONE_PICTURE] = asyncio.Lock()
    app[LIVE] = Live(database, renderer, porter.living, beat=lambda: engine.heartbeats.beat("live"))
    routes.add_to(app.router)
    app.on_response_prepare.append(headers.add)
    app.cleanup_ctx.append(_following)
    app.on_shutdown.append(_close_windows)
    app.on_cleanup.append(_close_porter)
    return app


async def _following(app: web.Application) -> AsyncIterator[None]:
    """The task that keeps the open windows up to date, for as long as the application runs."""
    live = app[LIVE]
    await live.start()
    task = asyncio.create_task(live.run(), name="live")
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _close_windows(app: web.Application) -> None:
    app[LIVE].close()


async def _close_porter(app: web.Application) -> None:
    app[PORTER].close()
