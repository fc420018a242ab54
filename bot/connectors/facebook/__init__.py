"""Facebook: one Page, with what is said on it and of it in public, and what is said to it in private.

An app has one webhook for all that concerns a Page, so this channel hears its private messages, too, unless it is told not to.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from bot import wire
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.facebook import back, send, translate
from bot.connectors.meta import connector, enclosures, looking, messaging, options, window
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import OddError

PRIVATE_LIMIT = 2000


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> "Facebook":
    """The connector of one Page. Raises Invalid when a setting is not fit. Meta is asked nothing before `open`."""
    return Facebook(account, manifest, clock)


class Facebook(connector.Connector):
    """One Page's line."""

    needed = ("pages_manage_engagement", "pages_messaging", "pages_read_user_content")

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        super().__init__(account, manifest, clock)
        self._hears_private = options.is_yes(account, "messages", usual="yes")

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        every = self._options.look_every
        return looking.looks(self._back, self.read, cursor, self._clock, every, self._standing.check)

    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        if piece.key == "private":
            return messaging.read_back(piece.told)
        if piece.key == "public":
            return translate.found(piece.told, self._options.account_id)
        if piece.kind != "page":
            raise OddError(f"{piece.kind} is not what Facebook brings")
        if piece.key in messaging.KEYS and self._hears_private:
            return messaging.read(piece.told, self._options)
        if piece.key == "changes":
            return translate.changed(piece, self._options.account_id)
        raise OddError(f"{piece.key} is not what this channel hears")

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        if message.is_public:
            self._check(message, self.manifest.limit, send.FILES)
            return await send.comment(self._graph, message)
        if send.is_public_place(message.conversation_id):
            self._check(message, PRIVATE_LIMIT)
            return await send.reply_in_private(self._graph, self._options, message)
        self._check(message, PRIVATE_LIMIT, enclosures.MESSENGER)
        return await messaging.send(self._graph, self._options, self._options.account_id, message)

    async def act(self, deed: wire.Deed) -> None:
        if not send.is_public_place(deed.message_id) or not await send.act(self._graph, deed):
            await super().act(deed)

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        if spot.is_public:
            return wire.Capabilities(limit=self.manifest.limit, is_public=True, acts=send.acts(spot), files=send.FILES)
        allowed = window.private(spot, has_human_agent=self._options.has_human_agent)
        return window.capabilities(allowed, PRIVATE_LIMIT, {}, enclosures.MESSENGER)

    async def _back(self, since: datetime) -> AsyncIterator[Piece]:
        async for piece in back.public(self._graph, self._options.account_id, since):
            yield piece
        if self._hears_private:
            async for piece in messaging.back(self._graph, self._options, self._options.account_id, "messenger", since):
                yield piece
