"""How an account is heard: its stream tells at once, and a look now and then brings whatever the stream does not.

Notifications are the one account of what was said to us, filtered ones included; the cursor moves along them, by looking alone.
What the stream tells is handed on before, and passed over when the look comes to it. A look is taken at each start, again once
the stream is open, so that nothing falls between, and every minute, which also finds changes that nobody has told us.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.mastodon import remedies, translate
from bot.connectors.mastodon.api import Api, Ended, Event
from bot.connectors.mastodon.options import Requests
from bot.connectors.mastodon.position import Position
from bot.connectors.mastodon.threads import Threads
from bot.connectors.mastodon.translate import Notification, Status, Version
from bot.connectors.mastodon.watch import Watch

LOOK_SECONDS = 60.0
# For an instance without a stream.
POLL_SECONDS = 15.0
# A stream that ended sooner than this is in trouble; another is only at its end, as a gateway's patience has one.
_LIVED = timedelta(seconds=30)
# How far back a new channel hears: whoever wrote before was served elsewhere.
_REACH = timedelta(days=1)
_PAGE = 40
_PAGES = 25
_TOLD = 2_000


class Ears:
    """Hears one account, from one start to its end."""

    def __init__(
        self, api: Api, threads: Threads, our_id: str, requests: Requests, clock: Clock, cursor: str | None
    ) -> None:
        self._api = api
        self._threads = threads
        self._our_id = our_id
        self._accepts = requests is Requests.ACCEPT
        self._clock = clock
        self._position = Position.read(cursor)
        self._kept = cursor or ""
        self._watch = Watch(api, self._position, clock)
        self._told: deque[str] = deque(maxlen=_TOLD)
        self._reviewed_at: datetime | None = None

    def begin(self) -> None:
        """What nobody told us until now is asked for at the next look."""
        self._reviewed_at = None

    async def look(self) -> wire.Batch | None:
        """The next of what is new, in order; None when there is nothing more."""
        messages: list[wire.InboundMessage] = []
        unreadable: list[wire.Unreadable] = []
        if self._is_due():
            # Before the new ones take the place of those that were the latest when we heard last.
            await self._accept()
            messages, unreadable = await self._watch.review()
        page = await self._page()
        if page and not any(_id(raw) for raw in page):
            # We could not go on from there, and would read the same for ever.
            raise errors.TryLater("Mastodon sent notifications without ids.", after=timedelta(minutes=1))
        for raw in page:
            await self._take(raw, messages, unreadable)
            self._position.after = _id(raw) or self._position.after
        cursor = str(self._position)
        if not messages and not unreadable and cursor == self._kept:
            return None
        self._kept = cursor
        return wire.Batch(tuple(messages), tuple(unreadable), cursor)

    async def hear(self, event: Event) -> wire.Batch | None:
        """What the stream tells. The cursor stays: an earlier notification may have been held back from the stream."""
        messages: list[wire.InboundMessage] = []
        unreadable: list[wire.Unreadable] = []
        match event.name:
            case "notification":
                await self._take(_raw(event.data), messages, unreadable)
            case "status.update" | "status_update":  # the second is what some other servers say
                self._update(_raw(event.data), messages, unreadable)
            case "delete":
                messages.extend(self._watch.gone(event.data.strip()))
        return wire.Batch(tuple(messages), tuple(unreadable)) if messages or unreadable else None

    async def _page(self) -> list[Any]:
        """The next notifications, the oldest first."""
        if self._position.after:
            page = remedies.listed(await self._notifications(min_id=self._position.after))
        else:
            page = await self._first()
        return page[::-1]

    async def _first(self) -> list[Any]:
        """Everything within reach, the newest first; beyond reach the newest alone, to begin from."""
        found: list[Any] = []
        page = remedies.listed(await self._notifications())
        while page and len(found) < _PAGE * _PAGES:
            near = [raw for raw in page if self._is_near(raw)]
            found += near
            if len(near) < len(page) or not (last := _id(page[-1])):
                break
            page = remedies.listed(await self._notifications(max_id=last))
        if not found and page:
            self._position.after = _id(page[0])
        return found

    def _is_near(self, raw: Any) -> bool:
        """Whether it is of late, or cannot be read and so must be kept."""
        try:
            at = datetime.fromisoformat(raw["created_at"])
            return at >= self._clock() - _REACH
        except (KeyError, TypeError, ValueError):
            return True

    async def _notifications(self, **where: str) -> Any:
        asked = {"types[]": translate.KINDS, "include_filtered": "true", "limit": str(_PAGE)}
        return await self._api.get("v1/notifications", asked | where)

    async def _take(self, raw: Any, messages: list[wire.InboundMessage], unreadable: list[wire.Unreadable]) -> None:
        if (id_ := _id(raw)) and id_ in self._told:
            return
        try:
            told = translate.struct(raw, Notification)
            if told.type in translate.KINDS and told.status and told.status.account.id != self._our_id:
                messages += await self._said(told.status)
        except errors.Invalid as error:
            unreadable.append(translate.unreadable(raw, error))
        self._told.append(id_)

    async def _said(self, status: Status) -> list[wire.InboundMessage]:
        conversation_id = await self._threads.of(status)
        said = translate.said(status, conversation_id, await self._history(status))
        self._position.watch(status, conversation_id)
        return said

    async def _history(self, status: Status) -> list[Version]:
        """What it was before it was changed, where the instance still knows."""
        if not status.edited_at:
            return []
        with suppress(errors.NotFound, errors.Refused, errors.Invalid):
            found = await self._api.get(f"v1/statuses/{translate.path(status.id)}/history")
            return translate.struct(found, list[Version])
        return []

    def _update(self, raw: Any, messages: list[wire.InboundMessage], unreadable: list[wire.Unreadable]) -> None:
        try:
            messages.extend(self._watch.edited(translate.struct(raw, Status)))
        except errors.Invalid as error:
            unreadable.append(translate.unreadable(raw, error))

    def _is_due(self) -> bool:
        """Whether it is time to ask for what nobody tells; nearly, so that it is each look and not every other one."""
        is_due = self._reviewed_at is None or self._clock() - self._reviewed_at >= timedelta(seconds=0.9 * LOOK_SECONDS)
        if is_due:
            self._reviewed_at = self._clock()
        return is_due

    async def _accept(self) -> None:
        """From now on the stream tells of those whom the account's filters held back."""
        if not self._accepts:
            return
        try:
            held_back = remedies.listed(await self._api.get("v1/notifications/requests"))
            if ids := [id_ for raw in held_back if (id_ := _id(raw))]:
                await self._api.change("POST", "v1/notifications/requests/accept", {"id": ids})
        except (errors.NotFound, errors.Refused):
            self._accepts = False  # an instance without them, or a token that may not; they are heard all the same


async def listen(api: Api, ears: Ears, streaming_url: str, clock: Clock) -> AsyncIterator[wire.Batch]:
    """Every batch, for ever."""
    while True:
        while batch := await ears.look():
            yield batch
        opened_at = clock()
        try:
            async with api.events(streaming_url) as events:
                ears.begin()
                while True:
                    while batch := await ears.look():
                        yield batch
                    until = asyncio.get_running_loop().time() + LOOK_SECONDS
                    while event := await events.next(until):
                        if batch := await ears.hear(event):
                            yield batch
        except Ended:
            if clock() - opened_at < _LIVED:
                raise
        except (errors.NotFound, errors.Refused):
            await asyncio.sleep(POLL_SECONDS)


def _id(raw: Any) -> str:
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else ""


def _raw(data: str) -> Any:
    """The event's content; what is no JSON is kept as the text that it is."""
    found = remedies.parsed(data.encode())
    return data.encode() if found is None else found
