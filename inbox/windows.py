"""Open windows: streams of server-sent events that share their bytes. What is drawn once is written as it is to each."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from bot.store import views
from bot.store.agents import AgentRow
from bot.store.events import Position, Recorded
from bot.store.rows import TicketRow
from bot.store.views import View

MOST_BUFFERED = 256 * 1024
PAUSE_EVERY = 200
ALLOWING = frozenset({"channel.changed", "channel.paused", "channel.resumed", "channel.health_changed"})

# Ticket → what the events about it say of it before, the oldest first.
Former = Mapping[int, Sequence[Mapping[str, Any]]]


@dataclass(slots=True, eq=False)
class Window:
    """One open stream. It is written to directly: no task and no queue of its own. `closed` is done when it is over."""

    transport: asyncio.Transport
    agent_id: int
    session_id: int
    is_chunked: bool
    closed: asyncio.Future[None]

    def write(self, data: bytes, framed: bytes) -> bool:
        """Hand over bytes. False when the window has gone, or reads so slowly that it must come back and resume."""
        if self.transport.is_closing():
            return False
        if self.transport.get_write_buffer_size() > MOST_BUFFERED:
            self.transport.abort()
            return False
        self.transport.write(framed if self.is_chunked else data)
        return True

    def close(self) -> None:
        if not self.closed.done():
            self.closed.set_result(None)


@dataclass(slots=True)
class Group:
    """Windows that see the same: one view, one language, one set of rights."""

    view: View
    locale: str
    agent: AgentRow
    windows: set[Window] = field(default_factory=set)


def key(view: View, locale: str, agent: AgentRow) -> tuple[View, str, int]:
    """Windows with the same key share every byte. Only those who see all can share, and not their own tickets."""
    is_shared = agent.sees_all and view.name != "mine"
    return view, locale, 0 if is_shared else agent.id


def rights(agent: AgentRow | None) -> tuple[object, ...] | None:
    """What decides what an agent sees. None for one who may not look at all."""
    if agent is None or agent.is_disabled:
        return None
    return (True,) if agent.sees_all else (agent.id, agent.team_ids)


def former(found: Iterable[Recorded]) -> Former:
    """The tickets that events are about, in the order of their last event, each with what it was before."""
    told: dict[int, list[Mapping[str, Any]]] = {}
    for one in found:
        if one.ticket_id is not None:
            told[one.ticket_id] = [*told.pop(one.ticket_id, ()), one.body.get("before") or {}]
    return told


def could_see(row: TicketRow, before: Sequence[Mapping[str, Any]], agent: AgentRow) -> bool:
    """Whether an agent may see the ticket, or might before these events: others do not even learn that it is there."""
    if views.can_see(row, agent):
        return True
    for was in reversed(before):
        whose = {name: was[name] for name in ("team_id", "assignee_id") if name in was}
        if whose and views.can_see(row := replace(row, **whose), agent):
            return True
    return False


def has_new_rights(found: Iterable[Recorded], agent: AgentRow) -> bool:
    """Whether, by these events, an agent may see other tickets than before: no row alone can tell that."""
    return any(
        one.kind in ("team.added", "team.changed")
        or (one.kind == "agent.changed" and one.body.get("agent") == agent.id)
        for one in found
    )


def event(name: str, data: str | bytes, position: Position | None = None) -> bytes:
    """One event as it goes over the wire. Line ends inside the data would end the event: they become blanks."""
    text = data.encode() if isinstance(data, str) else data
    line = text.replace(b"\r", b" ").replace(b"\n", b" ")
    told = b"id: %s\n" % str(position).encode() if position else b""
    return b"%sevent: %s\ndata: %s\n\n" % (told, name.encode(), line)


def place(position: Position) -> bytes:
    """How far a window has come, when it is told nothing else: from there it resumes."""
    return b"id: %s\n\n" % str(position).encode()


def counts(told: Mapping[str, str]) -> bytes:
    return event("counts", orjson.dumps(told))


def channels(found: Iterable[Recorded]) -> bytes:
    """That something else may be done on these channels now than before; empty when nothing of the kind has happened."""
    ids = {str(one.channel_id): None for one in found if one.kind in ALLOWING and one.channel_id is not None}
    return event("channels", " ".join(ids)) if ids else b""


def framed(data: bytes) -> bytes:
    """The bytes as one chunk of an HTTP/1.1 body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


async def write_all(windows: Iterable[Window], data: bytes) -> list[Window]:
    """The same bytes to many windows, letting others have their turn. Those that have gone are closed and named."""
    chunk = framed(data)
    gone: list[Window] = []
    for number, window in enumerate(list(windows), 1):
        if not window.write(data, chunk):
            window.close()
            gone.append(window)
        if number % PAUSE_EVERY == 0:
            await asyncio.sleep(0)
    return gone
