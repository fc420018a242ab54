"""Commit → rows → open windows. One task per process follows the log of events; each changed row is drawn once per language.

A window that comes back says how far it had come and is told what it has missed; one that has missed too much draws itself anew.
Who looks is asked again every few seconds, and at once when an agent or a team has changed: no window outlives its rights.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import timedelta
from functools import partial

import structlog

from bot import errors
from bot.desk import presence
from bot.store import agents, events, tickets, views
from bot.store.database import Database
from bot.store.events import Position
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from bot.store.views import View
from inbox import windows
from inbox.drawn_rows import Rows
from inbox.rendering import Renderer
from inbox.windows import Former, Group, Window

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=1)
IDLE_PACE = 0.1  # the same while no window is open: the first one is told what it has missed
PACE = 0.015  # seconds between two looks at the log: what commits meanwhile shares one write
MOST_EVENTS = 500
MOST_ROWS = 50
MOST_MISSED = 200  # more than that, and a page drawn anew costs less
MOST_CATCHING_UP = 4  # windows that are told what they missed at the same moment
COUNT_EVERY = 1.0
MOST_COUNTED = 100
ASK_EVERY = 3.0  # an ended session's windows close within five seconds
BREATHE_EVERY = 15.0
PRESENT_EVERY = 45.0  # routing forgets an agent after two minutes
BREATH = b": \n\n"
STREAM = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}

# Events about whoever or whatever a row names, or decides who may see it.
NAMERS = ("agent.", "team.", "channel.")
Living = Callable[[Collection[int]], Awaitable[frozenset[int]]]


class Live:
    """`run` follows the log until it is cancelled; `attend` keeps one window up to date until it closes."""

    def __init__(
        self, database: Database, renderer: Renderer, living: Living, beat: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._renderer = renderer
        self._living = living
        self._beat = beat
        self._rows = Rows(renderer)
        self._groups: dict[tuple[View, str, int], Group] = {}
        self._position = Position()
        self.of_session: Counter[int] = Counter()
        self._catching_up = asyncio.Semaphore(MOST_CATCHING_UP)
        self._uncounted: dict[int, None] = {}
        self._counted: dict[int, bytes] = {}
        self._due = dict.fromkeys(("counts", "asking", "presence", "breath"), 0.0)

    @property
    def open_windows(self) -> int:
        return sum(len(group.windows) for group in self._groups.values())

    async def start(self) -> None:
        """Begin after the last event there is now."""
        self._beat()
        self._position = await self._database.read(events.end)

    async def run(self) -> None:
        ear = self._database.bell.listen()
        is_down = False
        try:
            while True:
                await ear.wait(LOOK_EVERY)
                self._beat()
                try:
                    await self._turn()
                    is_down = False
                except errors.TryLater as error:
                    if not is_down:
                        log.warning("live.interrupted", error=error.message)
                    is_down = True
                except Exception:
                    log.exception("live.failed")
                await asyncio.sleep(PACE if self._groups else IDLE_PACE)
        finally:
            self._database.bell.forget(ear)

    async def attend(self, window: Window, view: View, locale: str, since: Position | None) -> None:
        """Tell what was missed since a position, then everything, until the window closes. Raises NotFound for no agent."""
        agent = await self._database.read(partial(agents.find, id_=window.agent_id))
        if since is not None and since < self._position:
            async with self._catching_up:
                await self._catch_up(Group(view, locale, agent, {window}), window, since)
        if window.closed.done() or window.transport.is_closing():
            return
        shared = self._groups.setdefault(windows.key(view, locale, agent), Group(view, locale, agent))
        shared.windows.add(window)
        self._uncounted[agent.id] = None
        self._counted.pop(agent.id, None)
        del agent, view  # thousands wait here for hours: each keeps only what it needs
        try:
            await window.closed
        finally:
            self._forget([window])

    async def _catch_up(self, alone: Group, window: Window, since: Position) -> None:
        """What a window has missed up to the feed's own position, or, before any of it is drawn, that it was too much."""
        missed = 0
        while since < self._position:
            found = await self._database.read(partial(events.after, position=since, limit=MOST_MISSED + 1))
            missed += len(found)
            if not found:
                return
            if missed > MOST_MISSED or windows.has_new_rights(found, alone.agent):
                await windows.write_all([window], windows.event("reload", "1", self._position))
                return
            since = found[-1].position
            await self._tell([alone], windows.former(found), since)

    def close(self) -> None:
        """Every window ends, so that the server can stop at once. They come back by themselves."""
        for window in self._all():
            window.close()

    async def _turn(self) -> None:
        if not self._groups:
            end = await self._database.read(events.end)
            if not self._groups:  # else a window has joined while we read, and must hear of all since it came
                self._position = end
            return
        while await self._follow() == MOST_EVENTS:
            pass
        if self._is_due("asking", ASK_EVERY):
            await self._ask()
        if self._uncounted and self._is_due("counts", COUNT_EVERY):
            await self._count()
        present = {window.agent_id for window in self._all()}
        if present and self._is_due("presence", PRESENT_EVERY):
            # Whoever has a window open may be given tickets, even when no ticket is open in it.
            await self._database.write(lambda tx: presence.are_here(tx, present))
        if self._is_due("breath", BREATHE_EVERY):
            self._forget(await windows.write_all(self._all(), BREATH))

    async def _follow(self) -> int:
        """Tell the next events; how many there were."""
        found = await self._database.read(lambda tx: events.after(tx, self._position, MOST_EVENTS))
        if found:
            if any(one.kind.startswith(NAMERS) for one in found):
                self._renderer.forget_rows()
                await self._ask()
            if changed := windows.channels(found):
                self._forget(await windows.write_all(self._all(), changed))
            await self._tell(list(self._groups.values()), windows.former(found), found[-1].position)
            self._position = found[-1].position
            self._uncounted.update(dict.fromkeys(window.agent_id for window in self._all()))
        return len(found)

    async def _tell(self, groups: list[Group], former: Former, position: Position) -> None:
        """The rows of these tickets to every group, a few at a time; the position comes with the last of them."""
        ids = list(former)
        for start in range(0, len(ids), MOST_ROWS):
            part = ids[start : start + MOST_ROWS]
            rows = await self._database.read(partial(tickets.rows, ids=part))
            is_last = start + MOST_ROWS >= len(ids)
            for group in groups:
                data = self._drawn(group, rows, former, position if is_last else None)
                self._forget(await windows.write_all(group.windows, data))

    def _drawn(self, group: Group, rows: Iterable[TicketRow], former: Former, position: Position | None) -> bytes:
        """What a group is told: rows of tickets in its view, and the numbers of those that are not but may have been."""
        inside: list[TicketRow] = []
        outside: list[str] = []
        for row in rows:
            if views.matches(row, group.view, group.agent):
                inside.append(row)
            elif windows.could_see(row, former[row.id], group.agent):
                outside.append(str(row.id))
        if position and not inside and not outside:
            return windows.place(position)
        parts: list[bytes] = []
        if outside:
            parts.append(windows.event("gone", " ".join(outside), None if inside else position))
        if inside:
            parts.append(windows.event("rows", self._rows.html(group, inside), position))
        return b"".join(parts)

    async def _count(self) -> None:
        """The badges of agents whose tickets may have changed, if they have."""
        asked = list(self._uncounted)[:MOST_COUNTED]
        for agent_id in asked:
            del self._uncounted[agent_id]
        told = await self._database.read(lambda tx: {id_: self._badges(tx, id_) for id_ in asked})
        for agent_id, data in told.items():
            if self._counted.get(agent_id) != data:
                self._counted[agent_id] = data
                self._forget(await windows.write_all((one for one in self._all() if one.agent_id == agent_id), data))

    def _badges(self, tx: Transaction, agent_id: int) -> bytes:
        words = next(iter(self._renderer.words.values()))
        found = views.counts(tx, agents.find(tx, agent_id))
        return windows.counts(
            {name: words.short(count) for name, count in found.items() if name not in ("all", "resolved")}
        )

    async def _ask(self) -> None:
        """Close the windows of ended sessions, and of agents who may now see other things than before."""
        sessions = {window.session_id for window in self._all()}
        if not sessions:
            return
        living = await self._living(sessions)
        known = {agent.id: agent for agent in await self._database.read(agents.all)}
        ended = [window for window in self._all() if window.session_id not in living]
        for group in self._groups.values():
            ended += [
                one for one in group.windows if windows.rights(known.get(one.agent_id)) != windows.rights(group.agent)
            ]
        for window in ended:
            window.close()
        self._forget(ended)

    def _forget(self, gone: Iterable[Window]) -> None:
        for window in gone:
            for group in self._groups.values():
                group.windows.discard(window)
        self._groups = {key: group for key, group in self._groups.items() if group.windows}

    def _all(self) -> list[Window]:
        return [window for group in self._groups.values() for window in group.windows]

    def _is_due(self, what: str, every: float) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._due[what]:
            return False
        self._due[what] = now + every
        return True
