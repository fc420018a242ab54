"""Instagram: one business account, by the Facebook Page that it belongs to. Private messages, comments, mentions."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot import wire
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.instagram import back, send, translate
from bot.connectors.meta import connector, enclosures, looking, messaging, options, window
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import OddError

PRIVATE_LIMIT = 1000


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> "Instagram":
    """The connector of one account. Raises Invalid when a setting is not fit. Meta is asked nothing before `open`."""
    return Instagram(account, manifest, clock)


class Instagram(connector.Connector):
    """One account's line. Its private messages go by its Page."""

    own = "account_id"
    needed = ("instagram_manage_comments", "instagram_manage_messages")

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        super().__init__(account, manifest, clock)
        self._page_id = options.number(account, "page_id")

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        every = self._options.look_every
        return looking.looks(self._back, self.read, cursor, self._clock, every, self._standing.check)

    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        us = self._options.account_id
        match piece.kind, piece.key:
            case _, "private":
                return messaging.read_back(piece.told)
            case _, "public":
                return translate.found(piece.told, us)
            case "instagram", ("messaging" | "standby"):
                return messaging.read(piece.told, self._options)
            case "instagram", "changes":
                return translate.changed(piece, self._options)
        raise OddError(f"{piece.kind}.{piece.key} is not what Instagram brings")

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        if message.is_public:
            self._check(message, self.manifest.limit)
            return await send.comment(self._graph, self._options.account_id, message)
        if message.to and message.conversation_id != message.to.external_id and message.in_reply_to:
            self._check(message, PRIVATE_LIMIT)
            return await send.reply_in_private(self._graph, self._page_id, message)
        self._check(message, PRIVATE_LIMIT, enclosures.INSTAGRAM)
        return await messaging.send(self._graph, self._options, self._page_id, message)

    async def act(self, deed: wire.Deed) -> None:
        match deed.act:
            case "hide" | "unhide":
                await self._graph.post(deed.message_id, body={"hide": deed.act == "hide"})
            case "delete":
                await self._graph.delete(deed.message_id)
            case _:
                await super().act(deed)

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        if spot.is_public:
            return wire.Capabilities(limit=self.manifest.limit, is_public=True, acts=send.acts(spot))
        allowed = window.private(spot, has_human_agent=self._options.has_human_agent)
        return window.capabilities(allowed, PRIVATE_LIMIT, {}, enclosures.INSTAGRAM)

    def count(self, text: str) -> int:
        """Instagram measures private messages in bytes. In public it is more generous; we are not."""
        return len(text.encode("utf-8", "surrogatepass"))

    async def _back(self, since: datetime) -> AsyncIterator[Piece]:
        async for piece in back.public(self._graph, self._options.account_id, since):
            yield piece
        async for piece in messaging.back(self._graph, self._options, self._page_id, "instagram", since):
            yield piece
