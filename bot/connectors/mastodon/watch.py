"""The latest posts that the desk knows, and what becomes of them: Mastodon tells changes to the author's followers only."""

from collections.abc import Sequence
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.mastodon import remedies, translate
from bot.connectors.mastodon.api import Api
from bot.connectors.mastodon.position import Position
from bot.connectors.mastodon.translate import Status

# So many an instance gives at once by their ids.
_HANDFUL = 20
_REVIEWED = 40


class Watch:
    """Finds what was changed or taken back, whether or not the stream has told it."""

    def __init__(self, api: Api, position: Position, clock: Clock) -> None:
        self._api = api
        self._position = position
        self._clock = clock

    def edited(self, status: Status) -> list[wire.InboundMessage]:
        """What the author made of it, once for each version. Raises Invalid when that cannot be read."""
        if not self._position.is_changed(status):
            return []
        conversation_id = self._position.watched[status.id].conversation_id
        self._position.watch(status, conversation_id)
        return [translate.edited(status, conversation_id)]

    def gone(self, status_id: str) -> list[wire.InboundMessage]:
        """Of what we never told the desk, it need not hear that it is gone."""
        known = self._position.watched.pop(status_id, None)
        if known is None:
            return []
        return [translate.deleted(status_id, known.conversation_id, known.author_id, self._clock())]

    async def review(self) -> tuple[list[wire.InboundMessage], list[wire.Unreadable]]:
        """What became of the latest posts since they were last looked at."""
        messages: list[wire.InboundMessage] = []
        unreadable: list[wire.Unreadable] = []
        latest = self._position.latest(_REVIEWED)
        for first in range(0, len(latest), _HANDFUL):
            asked = latest[first : first + _HANDFUL]
            found = await self._posts(asked)
            if found is None:
                break
            for raw in found.values():
                try:
                    messages += self.edited(translate.struct(raw, Status))
                except errors.Invalid as error:
                    unreadable.append(translate.unreadable(raw, error))
            for id_ in asked:
                if id_ not in found and await self._is_gone(id_):
                    messages += self.gone(id_)
        return messages, unreadable

    async def _posts(self, ids: Sequence[str]) -> dict[str, Any] | None:
        """These posts as they came, as far as they are there; None when the instance does not give several at once."""
        try:
            found = remedies.listed(await self._api.get("v1/statuses", {"id[]": ids}))
        except (errors.NotFound, errors.Refused):
            return None
        return {raw["id"]: raw for raw in found if isinstance(raw, dict) and raw.get("id") in ids}

    async def _is_gone(self, status_id: str) -> bool:
        try:
            await self._api.get(f"v1/statuses/{translate.path(status_id)}")
        except errors.NotFound:
            return True
        return False
