"""How long loops are kept alive: each says when it last turned, and after a failure goes on, later each time."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot import errors

log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(seconds=0.5)
LONGEST_WAIT = timedelta(seconds=30)


@dataclass(slots=True)
class Heartbeats:
    """When each loop last turned, by the monotonic clock."""

    last: dict[str, float] = field(default_factory=dict[str, float])

    def beat(self, name: str) -> None:
        self.last[name] = time.monotonic()

    def forget(self, name: str) -> None:
        self.last.pop(name, None)

    def silent(self, longer_than: timedelta) -> list[str]:
        """The loops that have not turned for so long."""
        limit = time.monotonic() - longer_than.total_seconds()
        return sorted(name for name, at in self.last.items() if at < limit)


async def kept_up(name: str, turn: Callable[[], Awaitable[None]], heartbeats: Heartbeats) -> None:
    """Turn for ever. A failure is logged once, its recovery once, and each further one waits longer."""
    wait = FIRST_WAIT
    is_down = False
    while True:
        heartbeats.beat(name)
        try:
            await turn()
        except Exception as error:  # noqa: BLE001  a loop outlives whatever one turn meets; the log and the health page say so
            if not is_down:
                _tell(name, error)
            is_down = True
            await asyncio.sleep(wait.total_seconds())
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            if is_down:
                log.info("loop.recovered", loop=name)
            is_down, wait = False, FIRST_WAIT


def _tell(name: str, error: Exception) -> None:
    """What will pass by itself needs a sentence; a defect needs its traceback."""
    if isinstance(error, errors.TryLater):
        log.warning("loop.waiting", loop=name, reason=error.message)
    else:
        log.error("loop.failed", loop=name, error=type(error).__name__, exc_info=error)


Turn = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Loops:
    """The loops of one process, started in the order they were added and stopped in reverse."""

    heartbeats: Heartbeats
    _turns: dict[str, tuple[Turn, Turn | None]] = field(default_factory=dict[str, tuple[Turn, Turn | None]])

    def add(self, name: str, turn: Turn, stop: Turn | None = None) -> None:
        """`turn` is called again and again; `stop` is awaited once after the last turn, to finish what is in hand."""
        self._turns[name] = turn, stop

    @asynccontextmanager
    async def turning(self) -> AsyncIterator[None]:
        tasks = {
            name: asyncio.create_task(kept_up(name, turn, self.heartbeats), name=name)
            for name, (turn, _) in self._turns.items()
        }
        try:
            yield
        finally:
            for name, task in reversed(tasks.items()):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                stop = self._turns[name][1]
                if stop is not None:
                    await stop()
