"""Hearing the networks: each channel is held by one process through a lease; another takes over when it dies."""

import asyncio

import structlog

from bot.desk.intake import Intake
from bot.runners.doors import LOOK_EVERY, Door, Doors
from bot.runners.ear import Ear
from bot.runners.loops import Heartbeats
from bot.store.database import Database

log = structlog.get_logger(__name__)


class Listening:
    """One per process that listens. `holder` names the process."""

    def __init__(self, database: Database, intake: Intake, doors: Doors, heartbeats: Heartbeats, holder: str) -> None:
        self._database = database
        self._intake = intake
        self._doors = doors
        self._heartbeats = heartbeats
        self._holder = holder
        self._ears: dict[int, tuple[Ear, asyncio.Task[None]]] = {}

    async def turn(self) -> None:
        """Keep one ear per open door, then wait a little."""
        doors = {door.channel_id: door for door in self._doors.all() if not door.is_paused}
        for channel_id, (ear, task) in list(self._ears.items()):
            if doors.get(channel_id) is not ear.door or task.done():
                await self._stop(channel_id)
        for channel_id, door in doors.items():
            if channel_id not in self._ears:
                ear = self._ear(door)
                self._ears[channel_id] = ear, asyncio.create_task(ear.attend(), name=f"ear {door.name}")
        await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def stop(self) -> None:
        """Stop hearing; what is in hand is committed or asked for again by whoever comes next."""
        for channel_id in list(self._ears):
            await self._stop(channel_id)

    def _ear(self, door: Door) -> Ear:
        return Ear(self._database, self._intake, self._heartbeats, self._holder, door)

    async def _stop(self, channel_id: int) -> None:
        ear, task = self._ears.pop(channel_id)
        task.cancel()
        (error,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(error, Exception):
            log.error("ear.died", channel=ear.door.name, error=type(error).__name__, exc_info=error)
        await ear.let_go()
