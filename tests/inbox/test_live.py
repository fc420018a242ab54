"""The live stream: one truth for all windows, nothing missed, nothing shown to whom it does not concern."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import structlog.testing

from bot import wire
from bot.clock import HeldClock
from bot.desk import assigning, hearing, ingest, ticketing
from bot.desk.hearing import Rules
from bot.model.event import SYSTEM
from bot.store import agents, channels, events, teams, views
from bot.store.database import Database
from bot.store.events import Position
from bot.store.transaction import Transaction
from inbox import live, windows
from inbox.live import Live
from inbox.rendering import Renderer, Row
from inbox.windows import Window


@dataclass(slots=True)
class Browser:
    """The far end of a window: a real socket, read as a browser reads a stream."""

    reader: asyncio.StreamReader
    window: Window
    task: "asyncio.Task[None]"

    async def event(self, name: str) -> tuple[str, str]:
        """The next event of this name: its id, and its data."""
        async with asyncio.timeout(10):
            while True:
                lines = (await self.reader.readuntil(b"\n\n")).decode().splitlines()
                told = dict(line.partition(": ")[::2] for line in lines)
                if told.get("event") == name:
                    return told.get("id", ""), told["data"]


@dataclass(slots=True)
class Stage:
    database: Database
    live: Live
    channel_id: int
    claire: int
    emily: int
    ended: set[int]
    open: contextlib.AsyncExitStack
    open_channel_id: int
    fences: int = 900

    async def browser(
        self, agent_id: int, view: str = "open", since: Position | None = None, session_id: int = 1
    ) -> Browser:
        near, far = socket.socketpair()
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=near)
        reader, writer = await asyncio.open_connection(sock=far, limit=1 << 22)
        self.open.callback(writer.close)
        self.open.callback(transport.close)
        window = Window(transport, agent_id, session_id, False, asyncio.get_running_loop().create_future())
        task = asyncio.create_task(self.live.attend(window, views.named(view), "fr", since))
        self.open.callback(task.cancel)
        return Browser(reader, window, task)

    async def fence(self, browser: Browser) -> list[str]:
        """What a window of Emily's is told of tickets, up to a new one of nobody's team, but for those of nobody's team."""
        number = self.fences = self.fences + 1
        heard = [hearing.prepare(self.open_channel_id, _said(number))]
        await self.database.write(lambda tx: ingest.take(tx, heard, Rules(timedelta(days=7))))
        told: list[str] = []
        async with asyncio.timeout(10):
            while not told or f"Contact {number}" not in told[-1]:
                told.append((await browser.reader.readuntil(b"\n\n")).decode())
        return [one for one in told if "event: gone" in one or ("event: rows" in one and "Contact 9" not in one)]

    async def joined(self, count: int) -> None:
        """Wait until so many windows are attended."""
        async with asyncio.timeout(10):
            while self.live.open_windows < count:
                await asyncio.sleep(0)

    async def hears(self, *numbers: int) -> None:
        """A new contact writes for each number."""
        heard = [hearing.prepare(self.channel_id, _said(number)) for number in numbers]
        await self.database.write(lambda tx: ingest.take(tx, heard, Rules(timedelta(days=7))))


def _said(number: int) -> wire.InboundMessage:
    person = wire.Person(f"p{number}", f"Contact {number}")
    return wire.InboundMessage(
        f"m{number}", f"c{number}", person, datetime(2026, 3, 2, 9, tzinfo=UTC), f"Bonjour {number}"
    )


@pytest.fixture
async def stage(database: Database, clock: HeldClock) -> AsyncIterator[Stage]:
    channel_id, shared, claire, emily = await database.write(_staff)
    ended: set[int] = set()

    async def living(ids: Collection[int]) -> frozenset[int]:
        return frozenset(ids) - ended

    live = Live(database, Renderer(ZoneInfo("Europe/Paris")), living)
    await live.start()
    task = asyncio.create_task(live.run())
    async with contextlib.AsyncExitStack() as stack:
        yield Stage(database, live, channel_id, claire, emily, ended, stack, shared)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _staff(tx: Transaction) -> tuple[int, int, int, int]:
    toulouse, fraud = teams.add(tx, name="Toulouse"), teams.add(tx, name="Fraude")
    channel_id = channels.save(tx, name="x", title="X", network="x", team_id=toulouse)
    shared = channels.save(tx, name="y", title="Y", network="x")
    claire = agents.add(tx, email="claire@bank.test", name="Claire", role="supervisor")
    emily = agents.add(tx, email="emily@bank.test", name="Emily", role="agent", team_ids=[fraud])
    return channel_id, shared, claire, emily


async def test_a_window_is_told(stage: Stage) -> None:
    """A commit reaches a window as the ticket's row, with the position to resume from, and the badges follow."""
    browser = await stage.browser(stage.claire)
    await stage.joined(1)
    await stage.hears(1)
    place, html = await browser.event("rows")
    assert 'id="ticket-1"' in html
    assert Position.parse(place) is not None
    _, counted = await browser.event("counts")
    assert '"open":"1"' in counted


async def test_a_row_that_cannot_be_drawn_stops_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its neighbours are told, the position goes on, the log has it once, and once that it is drawn again."""
    renderer = stage.live._renderer
    real = renderer._row

    def broken(locale: str, ticket: Row) -> str:
        if ticket.id == 1:
            raise ValueError
        return real(locale, ticket)

    browser = await stage.browser(stage.claire)
    await stage.joined(1)
    with structlog.testing.capture_logs() as lines:
        with monkeypatch.context() as defect:
            defect.setattr(renderer, "_row", broken)
            await stage.hears(1, 2)
            place, html = await browser.event("rows")
            assert ('id="ticket-1"' in html, 'id="ticket-2"' in html) == (False, True)
            await stage.database.write(lambda tx: ticketing.prioritise(tx, 1, "high", by=SYSTEM))
            later, html = await browser.event("rows")
            assert html == ""
        await stage.database.write(lambda tx: ticketing.prioritise(tx, 1, "urgent", by=SYSTEM))
        _, html = await browser.event("rows")
    before, after = Position.parse(place), Position.parse(later)
    assert before is not None
    assert after is not None
    assert before < after
    assert "row-urgent" in html
    told = [line["event"] for line in lines if line["event"].startswith("live.row")]
    assert told == ["live.row_not_drawn", "live.row_recovered"]


async def test_what_was_missed_is_told(stage: Stage) -> None:
    """A window that resumes is told every ticket that changed since its position, each once, as it is now."""
    since = await stage.database.read(events.end)
    await stage.hears(1, 2, 3)
    await stage.database.write(lambda tx: ticketing.prioritise(tx, 2, "urgent", by=SYSTEM))
    browser = await stage.browser(stage.claire, since=since)
    _, html = await browser.event("rows")
    assert [html.count(f'id="ticket-{number}"') for number in (1, 2, 3)] == [1, 1, 1]
    assert "row-urgent" in html


async def test_too_much_was_missed(stage: Stage) -> None:
    """A window that was away for more than it can be told is asked to draw itself anew."""
    since = await stage.database.read(events.end)
    await stage.hears(*range(1, live.MOST_MISSED + 2))
    follower = await stage.browser(stage.claire)
    await stage.joined(1)
    await stage.hears(1_000)
    await follower.event("rows")  # the feed has come as far as the log
    browser = await stage.browser(stage.claire, since=since)
    async with asyncio.timeout(10):
        first = (await browser.reader.readuntil(b"\n\n")).decode()
    assert "event: reload" in first.splitlines()


async def test_few_windows_catch_up_at_the_same_moment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """When every window comes back at once, no more than a few ask the database for what they missed, and all are told."""
    since = await stage.database.read(events.end)
    follower = await stage.browser(stage.claire)
    await stage.joined(1)
    await stage.hears(1)
    await follower.event("rows")  # the feed has come as far as the log
    at_once, most, truly = 0, 0, stage.live._catch_up

    async def watched(alone: windows.Group, window: Window, since: Position) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await truly(alone, window, since)
        at_once -= 1

    monkeypatch.setattr(stage.live, "_catch_up", watched)
    browsers = [await stage.browser(stage.claire, since=since) for _ in range(12)]

    told = [await one.event("rows") for one in browsers]
    assert ['id="ticket-1"' in html for _, html in told] == [True] * 12
    assert most <= live.MOST_CATCHING_UP


async def test_only_what_one_may_see(stage: Stage) -> None:
    """An agent's window is not told the words of another team's ticket; when it comes to theirs, it is."""
    emily = await stage.browser(stage.emily)
    await stage.joined(1)
    await stage.hears(1)
    await stage.database.write(lambda tx: assigning.assign(tx, 1, stage.emily, by=SYSTEM))
    assert 'id="ticket-1"' in (await emily.event("rows"))[1]


async def test_not_even_the_number_of_anothers_ticket_is_told(stage: Stage) -> None:
    """While another team's tickets come, change and are resolved, an agent's window, open or resumed, hears nothing of them."""
    since = await stage.database.read(events.end)
    follower = await stage.browser(stage.claire, "all")
    emily = await stage.browser(stage.emily)
    await stage.joined(2)
    await stage.hears(1, 2)
    await stage.database.write(lambda tx: ticketing.prioritise(tx, 1, "high", by=SYSTEM))
    await stage.database.write(lambda tx: ticketing.resolve(tx, 2, by=SYSTEM))
    while "row-high" not in (await follower.event("rows"))[1]:
        pass  # the feed has come past it
    resumed = await stage.browser(stage.emily, since=since)

    assert await stage.fence(emily) == []
    assert await stage.fence(resumed) == []


async def test_a_ticket_that_is_taken_away_is_told(stage: Stage) -> None:
    """A window that may have shown a ticket hears that it is gone, by its number, also when it was away meanwhile."""
    await stage.hears(1)
    await stage.database.write(lambda tx: assigning.assign(tx, 1, stage.emily, by=SYSTEM))
    since = await stage.database.read(events.end)
    emily = await stage.browser(stage.emily)
    await stage.joined(1)

    await stage.database.write(lambda tx: assigning.assign(tx, 1, stage.claire, by=SYSTEM))
    await stage.database.write(lambda tx: ticketing.prioritise(tx, 1, "high", by=SYSTEM))
    place, gone = await emily.event("gone")
    resumed = await stage.browser(stage.emily, since=since)

    assert (gone, Position.parse(place) is None) == ("1", False)
    assert (await resumed.event("gone"))[1] == "1"


async def test_a_window_that_hears_nothing_still_comes_forward(stage: Stage) -> None:
    """Others' tickets tell a window only how far the log has come, so that it is not drawn anew when it comes back."""
    emily = await stage.browser(stage.emily)
    await stage.joined(1)
    await stage.hears(1)
    end = await stage.database.read(events.end)
    async with asyncio.timeout(10):
        while (await emily.reader.readuntil(b"\n\n")).decode() != f"id: {end}\n\n":
            pass


@pytest.mark.parametrize("kind", ["team.changed", "agent.changed"])
async def test_who_has_other_rights_draws_the_page_anew(stage: Stage, kind: str) -> None:
    """A window that comes back after its agent's teams have changed is not told rows one by one: all of it may be wrong."""
    follower = await stage.browser(stage.claire)
    await stage.joined(1)
    since = await stage.database.read(events.end)
    await stage.database.write(lambda tx: events.record(tx, kind, by=SYSTEM, body={"agent": stage.emily}))
    await stage.hears(1)
    await follower.event("rows")  # the feed has come as far as the log
    emily = await stage.browser(stage.emily, since=since)

    async with asyncio.timeout(10):
        assert b"event: reload" in (await emily.reader.readuntil(b"\n\n")).splitlines()


async def test_a_ticket_leaves_a_view(stage: Stage) -> None:
    """A resolved ticket leaves the open view and comes into the resolved one."""
    opened = await stage.browser(stage.claire, "open")
    resolved = await stage.browser(stage.claire, "resolved")
    await stage.joined(2)
    await stage.hears(1)
    await opened.event("rows")
    await stage.database.write(lambda tx: ticketing.resolve(tx, 1, by=SYSTEM))
    assert (await opened.event("gone"))[1] == "1"
    assert 'id="ticket-1"' in (await resolved.event("rows"))[1]


async def test_a_window_ends_with_its_session(stage: Stage) -> None:
    """The stream of an ended session closes within five seconds."""
    browser = await stage.browser(stage.claire, session_id=7)
    await stage.joined(1)
    stage.ended.add(7)
    async with asyncio.timeout(5):
        await browser.task


async def test_a_window_ends_with_its_rights(stage: Stage) -> None:
    """When an agent is disabled, no window of theirs stays open."""
    browser = await stage.browser(stage.emily)
    await stage.joined(1)
    await stage.database.write(lambda tx: _disable(tx, stage.emily))
    async with asyncio.timeout(5):
        await browser.task


def _disable(tx: Transaction, agent_id: int) -> None:
    agents.change(tx, agent_id, is_disabled=True)
    events.record(tx, "agent.changed", by=SYSTEM)


async def test_a_new_name_is_shown(stage: Stage) -> None:
    """A row names its agent: when that agent is renamed, the next time the row is drawn it has the new name."""
    await stage.hears(1)
    await stage.database.write(lambda tx: assigning.assign(tx, 1, stage.claire, by=SYSTEM))
    browser = await stage.browser(stage.claire)
    await stage.joined(1)
    await stage.database.write(lambda tx: ticketing.prioritise(tx, 1, "high", by=SYSTEM))
    assert "Claire" in (await browser.event("rows"))[1]
    await stage.database.write(lambda tx: _rename(tx, stage.claire))
    await stage.hears(2)
    await browser.event("rows")  # the feed has passed the renaming
    again = await stage.browser(stage.claire, since=Position())
    assert "Clara" in (await again.event("rows"))[1]


def _rename(tx: Transaction, agent_id: int) -> None:
    agents.change(tx, agent_id, name="Clara")
    events.record(tx, "agent.changed", by=SYSTEM)


async def test_who_reads_too_slowly_is_dropped(stage: Stage) -> None:
    """A window whose bytes pile up is cut off, and holds nobody else up; it will resume where it stopped."""
    browser = await stage.browser(stage.claire)
    await stage.joined(1)
    assert await windows.write_all([browser.window], b"x" * 1_000_000) == []
    assert browser.window.transport.get_write_buffer_size() > windows.MOST_BUFFERED
    assert await windows.write_all([browser.window], b"one more") == [browser.window]
    async with asyncio.timeout(5):
        await browser.task


async def test_who_joins_while_the_end_is_read_misses_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle feed skips to the end of the log; what commits after a window has joined meanwhile is told all the same."""
    reading, go_on = threading.Event(), threading.Event()
    end = events.end

    def slowly(tx: Transaction) -> Position:
        reading.set()
        assert go_on.wait(10)
        return end(tx)

    monkeypatch.setattr(events, "end", slowly)
    stage.database.bell.ring()
    assert await asyncio.to_thread(reading.wait, 10)
    browser = await stage.browser(stage.claire)
    await stage.joined(1)
    await stage.hears(1)
    go_on.set()
    assert "Contact 1" in (await browser.event("rows"))[1]


async def test_many_windows_share_their_bytes(stage: Stage) -> None:
    """Windows of the same view, language and rights are one group, whatever their number; one's own tickets are not shared."""
    for _ in range(3):
        await stage.browser(stage.claire, "open")
    await stage.browser(stage.claire, "mine")
    await stage.joined(4)
    assert len(stage.live._groups) == 2


def test_an_event_is_one_line() -> None:
    """Line ends in a contact's words cannot end an event or begin another."""
    told = windows.event("rows", "a\r\nevent: counts\n\ndata: {}", Position(3, 4))
    assert told == b"id: 3.4\nevent: rows\ndata: a  event: counts  data: {}\n\n"
    assert windows.framed(told) == b"%x\r\n%s\r\n" % (len(told), told)
