"""The bell between processes on PostgreSQL: one NOTIFY for all commits of the last 50 ms, after they are committed.

A NOTIFY inside each transaction would serialise commits (measured: a third fewer). Needs the `postgres` extra.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import psycopg
import structlog
from sqlalchemy import URL

from bot.store.notify import Bell

log = structlog.get_logger(__name__)

CHANNEL = "comptoir"
COALESCE = timedelta(milliseconds=50)
RECONNECT = timedelta(seconds=1)


class Telegraph:
    """Carries the bell between processes. `run` never returns; it reconnects by itself."""

    def __init__(self, url: URL, bell: Bell) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._bell = bell

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._kept_up(self._hear))
            tasks.create_task(self._kept_up(self._tell))

    async def _kept_up(self, loop: Callable[[psycopg.AsyncConnection], Awaitable[None]]) -> None:
        is_down = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._address, autocommit=True) as connection:
                    if is_down:
                        log.info("telegraph.restored")
                    is_down = False
                    self._bell.echo()
                    await loop(connection)
            except psycopg.OperationalError as error:
                if not is_down:
                    log.warning("telegraph.lost", error=type(error).__name__)
                is_down = True
                await asyncio.sleep(RECONNECT.total_seconds())

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for _ in connection.notifies():
            self._bell.echo()

    async def _tell(self, connection: psycopg.AsyncConnection) -> None:
        ear = self._bell.outward()
        while True:
            if await ear.wait(timedelta(seconds=30)):
                await connection.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(COALESCE.total_seconds())
