"""How X is asked for what is new: mentions since the last one known, direct messages back to the last one known.

X shows the newest first. All pages are gathered before anything is handed over, so that it goes over in order, and the
cursor never passes what was not. Where X shows no further back than a gap reaches, that is said.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.x import costs, places
from bot.connectors.x.api import PAGE, Api
from bot.connectors.x.costs import Meter
from bot.connectors.x.fields import Included
from bot.connectors.x.live import Live
from bot.connectors.x.options import Mode, Options
from bot.connectors.x.reader import Reader
from bot.connectors.x.turns import Turn

# At its first start a channel hears the last day.
_FIRST_LOOK = timedelta(days=1)
# X shows 800 mentions, and direct messages of 30 days.
_MOST_MENTIONS = 800
_MOST_PAGES = 40
_CAP_LOOK = 60.0
REVOKED = "The account has withdrawn this app's access. Connect it again, and give the new refresh token."


class Position(msgspec.Struct):
    """The cursor: the newest post and the newest direct message that are committed."""

    posts: str = ""
    dms: str = ""


class Listener:
    """One listening. `gap` is the sentence of what X could no longer show, when there is such."""

    def __init__(self, api: Api, reader: Reader, meter: Meter, options: Options, clock: Clock) -> None:
        self._api = api
        self._reader = reader
        self._meter = meter
        self._clock = clock
        self._brings_events = options.mode in {Mode.ACTIVITY, Mode.WEBHOOK}
        self._posts = Turn(options.poll_every, is_net=options.mode is not Mode.POLL)
        self._dms = Turn(options.dm_poll_every, is_net=self._brings_events)
        self._has_asked = False
        self.gap = ""

    async def listen(self, cursor: str | None, live: Live) -> AsyncGenerator[wire.Batch, None]:
        """Every batch since `cursor`, for ever."""
        position = _position(cursor)
        now = asyncio.get_running_loop().time
        turns = [(self._posts, self._mentions), (self._dms, self._direct_messages)]
        while True:
            await self._may_ask()
            for turn, ask in turns:
                if now() >= turn.at:
                    batch = await ask(position)
                    if _holds(batch):
                        yield _at(batch, position)
                    turn.asked(now())
            lines = await live.lines(max(min(turn.at for turn, _ in turns) - now(), 0))
            if live.is_back():
                self._posts.hasten()
                self._dms.hasten()
            if lines:
                batch = self._streamed(lines)
                await self._meter.keep()
                if _holds(batch):
                    yield batch
                if self._reader.is_revoked:
                    raise errors.Reauthorize(REVOKED)

    async def _may_ask(self) -> None:
        """Beyond the cap nothing is asked. Reached while we listen, it ends the listening, so that the channel says why."""
        if self._meter.is_spent and self._has_asked:
            raise errors.TryLater(self._meter.sentence(), after=timedelta(seconds=1))
        while self._meter.is_spent:  # noqa: ASYNC110 - the end of a month rings no bell
            await asyncio.sleep(_CAP_LOOK)
        self._has_asked = True

    async def _mentions(self, position: Position) -> wire.Batch:
        start = None if position.posts else self._clock() - _FIRST_LOOK
        pages = [await self._mentions_page(position, start, "")]
        while (more := _next(pages[-1])) and len(pages) < _MOST_PAGES:
            pages.append(await self._mentions_page(position, start, more))
        posts = [one for page in pages for one in _listed(page)]
        if position.posts and len(posts) >= _MOST_MENTIONS:
            self.gap = "X shows the last 800 mentions; older ones of the time we were away may be missing."
        await self._meter.keep()
        batches = [
            self._reader.listed("post", reversed(_listed(page)), page.get("includes")) for page in reversed(pages)
        ]
        position.posts = _newest(
            [position.posts, *(_id(page.get("meta"), "newest_id") for page in pages), *map(_id, posts)]
        )
        return _joined(batches)

    async def _mentions_page(self, position: Position, start: datetime | None, page: str) -> dict[str, Any]:
        us = self._reader.us.id
        told = await self._api.mentions(us, since_id=position.posts, start=start, page=page)
        _check(told)
        self._meter.read(costs.MENTION, filter(None, map(_id, _listed(told))))
        self._count_included(told)
        return told

    async def _direct_messages(self, position: Position) -> wire.Batch:
        oldest = self._clock() - _FIRST_LOOK
        pages: list[dict[str, Any]] = []
        more, is_reached = "", False
        while not is_reached and len(pages) < _MOST_PAGES and (more or not pages):
            told = await self._api.direct_messages(page=more)
            _check(told)
            self._meter.read(costs.DM_EVENT, filter(None, map(_id, _listed(told))))
            self._count_included(told)
            pages.append(told)
            more = _next(told)
            is_reached = any(_is_known(one, position.dms, oldest) for one in _listed(told))
        await self._meter.keep()
        if position.dms and pages and not is_reached and len(_listed(pages[0])) == PAGE:
            self.gap = "X shows direct messages of 30 days; older ones of the time we were away may be missing."
        batches = [
            self._reader.listed("dm", _fresh(page, position.dms, oldest), page.get("includes"))
            for page in reversed(pages)
        ]
        position.dms = _newest([position.dms, *(_id(one) for page in pages for one in _listed(page))])
        return _joined(batches)

    def _streamed(self, lines: list[bytes]) -> wire.Batch:
        batch = self._reader.streamed(lines)
        if self._brings_events:
            self._meter.read(costs.EVENT, costs.billed(batch))
        else:
            self._meter.read(costs.STREAMED, [one.version or one.external_id for one in batch.messages])
        return batch

    def _count_included(self, told: dict[str, Any]) -> None:
        included = Included(told.get("includes"))
        self._meter.read(costs.USER, filter(places.is_number, included.users))
        self._meter.read(costs.MEDIA, included.media)


def _position(cursor: str | None) -> Position:
    """A cursor that is none of ours is none at all: better twice than never."""
    try:
        return msgspec.json.decode(cursor, type=Position) if cursor else Position()
    except msgspec.DecodeError:
        return Position()


def _at(batch: wire.Batch, position: Position) -> wire.Batch:
    return msgspec.structs.replace(batch, cursor=msgspec.json.encode(position).decode())


def _joined(batches: list[wire.Batch]) -> wire.Batch:
    messages = tuple(message for batch in batches for message in batch.messages)
    return wire.Batch(messages, tuple(bad for batch in batches for bad in batch.unreadable))


def _holds(batch: wire.Batch) -> bool:
    return bool(batch.messages or batch.unreadable)


def _check(told: dict[str, Any]) -> None:
    """An answer of nothing but problems is a refusal with a friendly number."""
    if "data" not in told and "meta" not in told and told.get("errors"):
        raise errors.TryLater("X answers with problems and without messages.", after=timedelta(minutes=1))


def _listed(told: dict[str, Any]) -> list[object]:
    found = told.get("data")
    return found if isinstance(found, list) else []


def _next(told: dict[str, Any]) -> str:
    meta = told.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) else ""


def _id(thing: object, name: str = "id") -> str:
    """Its number; empty when it has none, so that it cannot move the cursor."""
    found = thing.get(name) if isinstance(thing, dict) else None
    return found if isinstance(found, str) and places.is_number(found) else ""


def _newest(ids: list[str]) -> str:
    return max(ids, key=lambda one: int(one or 0))


def _is_known(event: object, newest: str, oldest: datetime) -> bool:
    name = _id(event)
    return bool(name) and (int(name) <= int(newest) if newest else _is_before(event, oldest))


def _fresh(page: dict[str, Any], newest: str, oldest: datetime) -> list[object]:
    """What was not handed over yet, the oldest first."""
    return [one for one in reversed(_listed(page)) if not _is_known(one, newest, oldest)]


def _is_before(event: object, oldest: datetime) -> bool:
    written = event.get("created_at") if isinstance(event, dict) else None
    try:
        return isinstance(written, str) and datetime.fromisoformat(written) < oldest
    except (ValueError, TypeError):
        return False
