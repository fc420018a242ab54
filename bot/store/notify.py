"""Waking others after a commit. A ring carries nothing: whoever hears it looks for itself; a ring lost costs a poll's delay.

Inside a process the bell is rung by the writer; between processes it is carried by `telegraph`.
"""

import asyncio
import contextlib
from datetime import timedelta


class Ear:
    """One listener's memory of whether the bell rang since it last looked."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def hear(self) -> None:
        self._rung.set()

    async def wait(self, at_most: timedelta) -> bool:
        """Return at the next ring, or after `at_most`. True when it rang."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most.total_seconds()):
                await self._rung.wait()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung


class Bell:
    """Rung after each commit, on the event loop's thread."""

    def __init__(self) -> None:
        self._ears: list[Ear] = []
        self._outward: Ear | None = None

    def listen(self) -> Ear:
        ear = Ear()
        self._ears.append(ear)
        return ear

    def forget(self, ear: Ear) -> None:
        self._ears.remove(ear)

    def ring(self) -> None:
        """Something was committed here."""
        self.echo()
        if self._outward:
            self._outward.hear()

    def echo(self) -> None:
        """Something was committed, perhaps elsewhere: wake everybody here, and tell nobody outside."""
        for ear in self._ears:
            ear.hear()

    def outward(self) -> Ear:
        """The ear that hears only what this process has committed."""
        self._outward = Ear()
        return self._outward
