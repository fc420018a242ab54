"""Threads: replies to one account's posts, and mentions of it. Everything there is public.

A token lives for sixty days; it is renewed long before, and the new one is kept before it is used.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from bot import wire
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.meta import connector, looking
from bot.connectors.meta.hooks import Piece
from bot.connectors.threads import back, send, translate
from bot.connectors.threads.tokens import Tokens


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> "Threads":
    """The connector of one account. Raises Invalid when a setting is not fit. Meta is asked nothing before `open`."""
    return Threads(account, manifest, clock)


class Threads(connector.Connector):
    """One account's line."""

    home = "https://graph.threads.net"
    version = "v1.0"
    own = "user_id"
    app_prefix = "TH|"
    needed = ("threads_basic", "threads_manage_mentions", "threads_manage_replies", "threads_read_replies")
    split = staticmethod(translate.split)

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        super().__init__(account, manifest, clock)
        self._username = account.options.get("username", "").removeprefix("@")
        self._tokens = Tokens(account.vault, self._graph, self._options.token, clock)

    async def open(self) -> None:
        await super().open()
        await self._tokens.recall()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        return looking.looks(self._back, self.read, cursor, self._clock, self._options.look_every, self._daily)

    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        return translate.read(piece, self._username)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        self._check(message, self.manifest.limit)
        return await send.reply(self._graph, self._options.account_id, message)

    async def act(self, deed: wire.Deed) -> None:
        match deed.act:
            case "hide" | "unhide":
                await self._graph.post(deed.message_id, "manage_reply", body={"hide": deed.act == "hide"})
            case "delete":
                await self._graph.delete(deed.message_id)
            case _:
                await super().act(deed)

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        return wire.Capabilities(limit=self.manifest.limit, is_public=True, acts=send.acts(spot))

    def count(self, text: str) -> int:
        return send.count(text)

    async def _daily(self) -> None:
        """Once a day: may we still do what we must, and is the token to be renewed?"""
        await self._tokens.renew()
        await self._standing.check()

    def _back(self, since: datetime) -> AsyncIterator[Piece]:
        return back.public(self._graph, self._options.account_id, since)
