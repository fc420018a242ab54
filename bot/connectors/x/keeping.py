"""Keeps one of X's endless answers open: connects, reads, and after each end waits and connects again, by X's own rules.

An end of what was open is waited out for a moment, twice as long each time until something has come. Where X cannot be
reached the pause grows little by little; where X answers with a problem it is doubled, and is never shorter than X says.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod

from bot import errors

_MOST_WAITING = 1_000
_MOST_AT_ONCE = 100
_SHORTEST_PAUSE = 1.0
_LONGEST_PAUSE = 320.0
_LONGEST_UNREACHABLE = 16.0
# Not from the network: it wakes whoever waits, when the answer is open again.
_OPEN_AGAIN = b""
# How the lines begin in which X speaks of the connection itself, mostly of its end.
_ABOUT_ITSELF = b'{"errors"'


class Heard:
    """How far one connection came. Whoever reads it tells here what happens."""

    def __init__(self, kept: "Kept") -> None:
        self._kept = kept
        self.is_answered = self.is_open = self.has_brought = False

    def answered(self) -> None:
        """X was reached, whatever it says."""
        self.is_answered = True

    def opened(self) -> None:
        """Nothing is heard yet: an answer that opens and ends at once is little better than one that does not open."""
        self.is_answered = self.is_open = True
        self._kept.note_open()

    def kept_alive(self) -> None:
        self.has_brought = True

    async def brought(self, line: bytes) -> None:
        self.has_brought = self.has_brought or not line.startswith(_ABOUT_ITSELF)
        await self._kept.put(line)


class Kept(ABC):
    """One endless answer of one account, kept up while this is open. What it misses meanwhile is found by asking."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self._task: asyncio.Task[None] | None = None
        self._lost_at: float | None = None
        self._is_back = False

    async def open(self) -> None:
        self._task = asyncio.create_task(self._keep_up(), name=self._name)

    async def close(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def lines(self, within: float) -> list[bytes]:
        """What has come, at the latest after so many seconds. Raises what only a person can mend."""
        if self._task and self._task.done():
            self._task.result()
        try:
            async with asyncio.timeout(within):
                lines = [await self._waiting.get()]
        except TimeoutError:
            return []
        while len(lines) < _MOST_AT_ONCE and not self._waiting.empty():
            lines.append(self._waiting.get_nowait())
        return [line for line in lines if line != _OPEN_AGAIN]

    def is_back(self) -> bool:
        """Whether it was lost and is open again; true once for each time."""
        was, self._is_back = self._is_back, False
        return was

    @abstractmethod
    async def connect(self, heard: Heard) -> None:
        """One connection, to its end. Raises what ended it: TryLater is waited for, anything else is for a person."""

    async def put(self, line: bytes) -> None:
        await self._waiting.put(line)

    def note_open(self) -> None:
        """Back after a loss, so whoever waits for lines is woken to ask for what was missed."""
        if self._lost_at is not None:
            self._is_back = True
            with contextlib.suppress(asyncio.QueueFull):  # then nobody waits
                self._waiting.put_nowait(_OPEN_AGAIN)

    def seconds_away(self) -> float | None:
        """For how long nothing could come; None before anything was lost."""
        return None if self._lost_at is None else asyncio.get_running_loop().time() - self._lost_at

    async def _keep_up(self) -> None:
        """Connect, read, wait, again; ends only by an error that no waiting mends."""
        pause = 0.0
        while True:
            heard, told = Heard(self), 0.0
            try:
                await self.connect(heard)
            except errors.TryLater as error:
                told = error.after.total_seconds()
            if heard.is_open or self._lost_at is None:
                self._lost_at = asyncio.get_running_loop().time()
            pause = next_pause(pause, heard, told)
            await asyncio.sleep(pause)


def next_pause(last: float, heard: Heard, told: float) -> float:
    """How long to wait after a connection that came so far, when the last pause was `last` and X said `told`."""
    if heard.has_brought:
        return _SHORTEST_PAUSE
    if heard.is_open:
        return min(max(last * 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)
    if heard.is_answered:
        return min(max(last * 2, told, _SHORTEST_PAUSE), _LONGEST_PAUSE)
    return min(max(min(last + 1, _LONGEST_UNREACHABLE), told), _LONGEST_PAUSE)
