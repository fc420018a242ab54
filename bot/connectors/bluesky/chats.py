"""Direct messages: those of the last day when they are first read, then what the chat's log tells.

The chat is another service behind the account's server, and an app password may be good for posts alone. So trouble with it
is kept here, and said at the next probe; what is said in public is heard all the same.
"""

from datetime import datetime, timedelta
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.bluesky import cursors, pages, translate
from bot.connectors.bluesky.cursors import Cursor
from bot.connectors.bluesky.line import Line, listed

_RETRY = timedelta(minutes=10)
_PAGE = 100
_MOST_PEOPLE = 1000


class Chats:
    """One account's direct messages. `why_not` says why they are not heard; empty while they are."""

    def __init__(self, line: Line, clock: Clock, *, is_on: bool) -> None:
        self._line = line
        self._clock = clock
        self._is_on = is_on
        self._rest_until: datetime | None = None
        self._people: dict[str, dict[str, str]] = {}
        self.why_not = ""
        self.is_closed = not is_on

    async def look(self, cursor: Cursor) -> tuple[list[wire.Batch], Cursor]:
        """What is new, and the cursor after it. Raises nothing that concerns the chat alone."""
        if not self._is_on or (self._rest_until and self._clock() < self._rest_until):
            return [], cursor
        try:
            found = await (self._since(cursor) if cursor.log else self._first(cursor))
        except errors.TryLater as error:
            self._rest(error, error.after)
            return [], cursor
        except (errors.Refused, errors.Reauthorize) as error:
            self._rest(error, _RETRY)
            self.is_closed = True
            return [], cursor
        self.why_not, self.is_closed = "", False
        return found

    def _rest(self, error: errors.ComptoirError, wait: timedelta) -> None:
        self._rest_until = self._clock() + wait
        self.why_not = f"Direct messages are not heard: {error.message}"

    async def _since(self, cursor: Cursor) -> tuple[list[wire.Batch], Cursor]:
        batches: list[wire.Batch] = []
        while True:
            told = await self._ask("getLog", {"cursor": cursor.log})
            entries, place = listed(told, "logs"), str(told.get("cursor") or "")
            us, people = await self._line.me(), await self._met(entries)
            if place in {"", cursor.log}:
                return batches, cursor
            cursor = _at(cursor, place)
            batch = pages.batch((_entry(one, us, people) for one in entries), cursor)
            if pages.is_anything(batch):
                batches.append(batch)

    async def _first(self, cursor: Cursor) -> tuple[list[wire.Batch], Cursor]:
        """The last day's messages. The log's place is taken before they are read, so that none falls between."""
        since, place = self._clock() - cursors.FIRST_LOOK, ""
        said: list[wire.InboundMessage] = []
        unreadable: list[wire.Unreadable] = []
        for convo in await self._convos(since):
            place = max(place, str(convo.get("rev") or ""))
            for one in await self._messages(convo, since):
                match one:
                    case wire.InboundMessage():
                        said.append(one)
                    case wire.Unreadable():
                        unreadable.append(one)
        said.sort(key=lambda one: one.sent_at)
        if not (said or unreadable):
            return [], _at(cursor, place)
        parts = pages.chunks(list[pages.Told]([*said, *unreadable]))
        # Until the last part is committed, the first look is to be had again.
        batches = [pages.batch(part, cursor) for part in parts[:-1]]
        cursor = _at(cursor, place)
        return [*batches, pages.batch(parts[-1], cursor)], cursor

    async def _convos(self, since: datetime) -> list[dict[str, Any]]:
        """The conversations, from the one spoken in last, as far as one where nobody has spoken since."""
        found: list[dict[str, Any]] = []
        place, seen = "", {""}
        while True:
            told = await self._ask("listConvos", {"limit": _PAGE, "cursor": place})
            convos = [convo for convo in listed(told, "convos") if isinstance(convo, dict)]
            found += convos
            self._meet(profile for convo in convos for profile in _members(convo))
            place = str(told.get("cursor") or "")
            if place in seen or (convos and not _is_after(convos[-1].get("lastMessage"), since)):
                return found
            seen.add(place)

    async def _messages(self, convo: dict[str, Any], since: datetime) -> list[pages.Told]:
        """What was said in a conversation since then, its own name being kept with what cannot be read."""
        name, us = str(convo.get("id")), await self._line.me()
        found: list[pages.Told] = []
        place, seen = "", {""}
        while _is_after(convo.get("lastMessage"), since):
            told = await self._ask("getMessages", {"convoId": name, "limit": _PAGE, "cursor": place})
            views = listed(told, "messages")
            fresh = [view for view in views if _is_after(view, since)]
            found += [_entry(_as_entry(view, name), us, self._people) for view in fresh]
            place = str(told.get("cursor") or "")
            if place in seen or len(fresh) < len(views):
                break
            seen.add(place)
        return found

    async def _met(self, entries: list[Any]) -> dict[str, dict[str, str]]:
        """People by DID: the log need not name who speaks, then the conversation's members are asked for."""
        for entry in entries:
            sender = translate.speaker(entry)
            if sender and sender not in self._people and not entry.get("relatedProfiles"):
                self._meet(_members((await self._ask("getConvo", {"convoId": entry.get("convoId")})).get("convo")))
        return self._people

    def _meet(self, profiles: Any) -> None:
        for profile in profiles:
            if isinstance(profile, dict) and isinstance(profile.get("did"), str):
                self._people[profile["did"]] = translate.person(profile)
        while len(self._people) > _MOST_PEOPLE:
            del self._people[next(iter(self._people))]

    async def _ask(self, method: str, known: dict[str, Any]) -> dict[str, Any]:
        return await self._line.ask(f"chat.bsky.convo.{method}", known, chat=True)


def _entry(raw: object, us: str, people: dict[str, dict[str, str]]) -> pages.Told:
    return translate.readable(lambda one: translate.entry(one, us, people), raw)


def _as_entry(view: object, convo: str) -> dict[str, Any]:
    """A message as the log would have told it; one that is gone is passed over there."""
    return {"$type": translate.CREATED, "convoId": convo, "message": view}


def _members(convo: object) -> list[Any]:
    members = convo.get("members") if isinstance(convo, dict) else None
    return members if isinstance(members, list) else []


def _is_after(view: object, since: datetime) -> bool:
    """Whether a message was sent since then; one that does not say so counts, and is read."""
    try:
        return not isinstance(view, dict) or translate.moment(view.get("sentAt")) >= since
    except (ValueError, OverflowError):
        return True


def _at(cursor: Cursor, place: str) -> Cursor:
    return Cursor(cursor.posts, place)
