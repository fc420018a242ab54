"""The way in for every door: waits for the commit, so that nothing is acknowledged before it is durable.

No timer: a group is whatever came in while the previous commit ran. It is filled when its transaction begins, by the writer's
thread, which then need not wait for the event loop between two commits. A full queue says TryLater; a door answers it with 503.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot import errors, wire
from bot.desk import hearing, ingest, setting_aside
from bot.desk.hearing import Heard, Rules, Taken
from bot.store import intake as statements
from bot.store import leases
from bot.store.database import Database
from bot.store.transaction import Transaction

TOGETHER = 256
IDLE = 30.0  # seconds without a message, after which it says that it still turns
LONG = 20_000  # characters that are prepared beside the loop

# A whole batch at once, or each message by itself.
Take = Callable[[Transaction, Sequence[Heard], Rules], Taken]


@dataclass(frozen=True, slots=True)
class Lease:
    """The proof that a listener still holds its channel's ear."""

    name: str
    holder: str
    fence: int

    @property
    def proof(self) -> tuple[str, str, int]:
        return self.name, self.holder, self.fence


@dataclass(slots=True, eq=False)
class _Waiting:
    channel_id: int
    heard: list[Heard]
    batch: wire.Batch
    lease: Lease | None
    future: "asyncio.Future[None]"


@dataclass(slots=True, eq=False)
class _Group:
    """Those who share a commit. Until it has begun, whoever comes will be among them; a second attempt takes the same."""

    waiting: list[_Waiting] = field(default_factory=list[_Waiting])
    is_begun: bool = False


@dataclass(slots=True)
class Figures:
    """What the metrics page tells of the way in."""

    added: int = 0
    duplicates: int = 0
    amended: int = 0
    set_aside: int = 0
    refused: int = 0
    commits: int = 0


@dataclass(slots=True)
class Intake:
    """One per process. `run` must be running for `take` to return; it calls `beat` at each commit, and while nothing comes."""

    database: Database
    rules: Rules
    limit: int = 5_000
    figures: Figures = field(default_factory=Figures)
    beat: Callable[[], None] = lambda: None
    _queue: deque[_Waiting] = field(default_factory=deque["_Waiting"])
    _messages: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _newest: _Group = field(default_factory=lambda: _Group(is_begun=True))
    _commits: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])

    async def take(self, channel_id: int, batch: wire.Batch, lease: Lease | None = None) -> None:
        """Take a batch in; returns after the commit. Raises TryLater: nothing was kept, the same may be sent again.

        Raises Conflict when `lease` has passed to another listener: nothing was kept, and the caller must stop.
        """
        if self._messages and self._messages + len(batch.messages) > self.limit:
            self.figures.refused += len(batch.messages)
            raise errors.TryLater("Too many messages wait to be stored.")
        self._messages += len(batch.messages)
        try:
            heard = await _prepared(channel_id, batch)
        except BaseException:
            self._messages -= len(batch.messages)
            raise
        waiting = _Waiting(channel_id, heard, batch, lease, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._newest.is_begun:
            self._came.set()
        await waiting.future

    def waiting(self) -> int:
        """Messages that wait for their commit."""
        return self._messages

    async def run(self) -> None:
        """Commit what comes, until cancelled; then finish what has begun."""
        try:
            while True:
                self.beat()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._came.wait(), IDLE)
                self._came.clear()
                if self._queue and self._newest.is_begun:
                    self._newest = _Group()
                    commit = asyncio.create_task(self._commit(self._newest))
                    self._commits.add(commit)
                    commit.add_done_callback(self._commits.discard)
        finally:
            await asyncio.gather(*self._commits)

    def _fill(self, group: _Group) -> list[_Waiting]:
        """Called by the writer's thread. What is too much is left for the next group."""
        group.is_begun = True
        size = sum(len(one.heard) for one in group.waiting)
        while size < TOGETHER:
            try:
                group.waiting.append(self._queue.popleft())
            except IndexError:
                break
            size += len(group.waiting[-1].heard)
        return group.waiting

    async def _commit(self, group: _Group) -> None:
        try:
            failures = await setting_aside.together_or_apart(
                self._together(group), lambda: self._apart(self._fill(group))
            )
        except Exception as error:  # noqa: BLE001  whatever it is, and even before it began: all who wait are told
            failures = [error] * len(self._fill(group))
        self._settle(group.waiting, failures)
        if self._queue:
            self._came.set()

    async def _together(self, group: _Group) -> list[Exception | None]:
        taken, is_held = await self.database.write(lambda tx: self._take(tx, self._fill(group), ingest.take))
        self._count(taken)
        return [None if held else _lost() for held in is_held]

    async def _apart(self, group: list[_Waiting]) -> list[Exception | None]:
        return [await self._alone(waiting) for waiting in group]

    async def _alone(self, waiting: _Waiting) -> Exception | None:
        try:
            taken, (is_held,) = await self.database.write(
                lambda tx: self._take(tx, [waiting], setting_aside.one_by_one)
            )
        except Exception as error:  # noqa: BLE001  handed to whoever waits for it
            return error
        self._count(taken)
        return None if is_held else _lost()

    def _take(self, tx: Transaction, group: Sequence[_Waiting], take: Take) -> tuple[Taken, list[bool]]:
        is_held = leases.are_held(tx, [one.lease.proof if one.lease else None for one in group])
        held = [waiting for waiting, is_ours in zip(group, is_held, strict=True) if is_ours]
        everything = [heard for waiting in held for heard in waiting.heard]
        taken = take(tx, everything, self.rules) if everything else Taken()
        _follow_up(tx, held)
        return taken, is_held

    def _count(self, taken: Taken) -> None:
        figures = self.figures
        figures.commits += 1
        figures.added += taken.added
        figures.duplicates += taken.duplicates
        figures.amended += taken.amended
        figures.set_aside += taken.set_aside

    def _settle(self, group: Sequence[_Waiting], failures: Sequence[Exception | None]) -> None:
        for waiting, failure in zip(group, failures, strict=True):
            self._messages -= len(waiting.heard)
            if waiting.future.done():
                continue
            if failure is not None:
                waiting.future.set_exception(failure)
            else:
                waiting.future.set_result(None)


async def _prepared(channel_id: int, batch: wire.Batch) -> list[Heard]:
    """Masking reads every character: a long batch is read beside the loop, so that nobody else waits for it."""
    if sum(len(said.text) for said in batch.messages) > LONG:
        return await asyncio.to_thread(_prepare, channel_id, batch)
    return _prepare(channel_id, batch)


def _prepare(channel_id: int, batch: wire.Batch) -> list[Heard]:
    return [hearing.prepare(channel_id, said) for said in batch.messages]


def _lost() -> errors.Conflict:
    return errors.Conflict("Another listener holds this channel now.")


def _follow_up(tx: Transaction, held: Sequence[_Waiting]) -> None:
    """Set aside what no connector could read, and move each channel's cursor to the last one told."""
    cursors: dict[int, str | None] = {}
    for waiting in held:
        setting_aside.set_aside(tx, waiting.channel_id, waiting.batch.unreadable)
        cursors[waiting.channel_id] = waiting.batch.cursor or cursors.get(waiting.channel_id)
    with tx.pipelined():
        for channel_id, cursor in sorted(cursors.items()):
            statements.advance(tx, channel_id, cursor)
