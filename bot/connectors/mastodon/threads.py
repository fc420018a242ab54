"""Which conversation a public post belongs to. Mastodon tells only which post it answers, so the way up is asked for.

A conversation begins with the highest post that is not ours: of five hundred people who answer one announcement of the brand's,
each has a conversation of their own.
"""

from collections.abc import Awaitable, Callable

from bot import errors
from bot.connectors.mastodon import translate
from bot.connectors.mastodon.translate import Status

_HIGHEST = 100
_REMEMBERED = 5_000

# One post by its id. Raises NotFound when it is gone, or not for us.
Find = Callable[[str], Awaitable[Status]]


class Threads:
    """Remembers where posts belong, so that a long thread is not walked again for each answer in it."""

    def __init__(self, find: Find, our_id: str) -> None:
        self._find = find
        self._our_id = our_id
        self._known: dict[str, str] = {}

    async def of(self, status: Status) -> str:
        """The conversation of a post that somebody else wrote."""
        if not status.is_public:
            return translate.private_conversation(status.account.id)
        if status.id not in self._known:
            await self._climb(status)
        return self._known[status.id]

    def guess(self, status: Status) -> str:
        """The same without asking anybody: right for what begins a thread, and for what answers a post that is known."""
        if not status.is_public:
            return translate.private_conversation(status.account.id)
        above = status.in_reply_to_id or status.id
        return self._known.get(above, above) or status.id

    def remember(self, status_id: str, conversation_id: str) -> None:
        """Our own words: answers to them belong there too."""
        self._known.pop(status_id, None)
        self._known[status_id] = conversation_id
        for id_ in list(self._known)[: max(len(self._known) - _REMEMBERED, 0)]:
            del self._known[id_]

    async def _climb(self, status: Status) -> None:
        passed, top, begun_at = [status.id], status.id, 0
        current: Status | None = status
        while current and current.in_reply_to_id and len(passed) <= _HIGHEST:
            above = current.in_reply_to_id
            if above in self._known:
                if self._known[above]:
                    top, begun_at = self._known[above], len(passed) - 1
                break
            current = await self._above(above)
            if current:
                passed.append(above)
            if current and current.account.id != self._our_id:
                top, begun_at = current.id, len(passed) - 1
        for place, id_ in enumerate(passed):
            # What lies above the beginning is ours, and each answer to it begins a conversation of its own.
            self.remember(id_, top if place <= begun_at else "")

    async def _above(self, status_id: str) -> Status | None:
        try:
            found = await self._find(status_id)
        except (errors.NotFound, errors.Invalid):
            return None
        return found if found.is_public else None
