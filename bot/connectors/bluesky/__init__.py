"""Bluesky, by an app password: who mentions, answers or quotes us in public, and direct messages. Heard by asking."""

from collections.abc import AsyncIterator

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Account, Connector, HookAnswer, HookRequest
from bot.connectors.bluesky import attachments, counting, deeds, enclosures, options, receive, send, translate
from bot.connectors.bluesky.chats import Chats
from bot.connectors.bluesky.line import Line


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> Connector:
    """The connector of one account. Raises Invalid when a setting is not fit. Nobody is asked anything before `open`."""
    return Bluesky(account, manifest, clock)


class Bluesky:
    """One account's line."""

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        self._clock = clock
        told = options.read(account)
        self._line = Line(told, account.vault, clock)
        self._chats = Chats(self._line, clock, is_on=told.is_chat_on)
        self._me = ""

    async def open(self) -> None:
        """Sign in, or go on with the session that the vault has: the network counts signings-in."""
        try:
            await self._line.open()
            self._me = await self._line.me()
        except BaseException:
            await self._line.close()
            raise

    async def close(self) -> None:
        await self._line.close()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        return receive.poll(self._line, self._chats, self._clock, cursor)

    def accept(self, request: HookRequest) -> HookAnswer:  # noqa: ARG002 - the protocol's
        raise errors.NotAllowed("Bluesky does not call us.")

    def reread(self, raw: bytes) -> wire.Batch:
        return translate.again(raw, self._me)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        return await send.send(self._line, message, self._clock, self.manifest.limit)

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:
        return await send.find(self._line, message)

    async def fetch(self, file: wire.Attachment) -> bytes:
        """A picture. Whatever else a post points at is for people to open: a page that a stranger names is not visited."""
        if not file.url.startswith(f"{attachments.PICTURES}/"):
            raise errors.NotFound("The network did not say where this file is.")
        return await self._line.picture(file.url)

    async def probe(self) -> wire.ChannelHealth:
        """Whether our session is good; and beside it, what is not heard."""
        try:
            await self._line.ask("com.atproto.server.getSession", {})
        except errors.Reauthorize as error:
            return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
        except errors.TryLater as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
        except errors.Refused as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)
        return wire.ChannelHealth(wire.Health.CONNECTED, self._chats.why_not)

    async def act(self, deed: wire.Deed) -> None:
        await deeds.act(self._line, deed, self._clock)

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        limit = send.PUBLIC_LIMIT if spot.is_public else self.manifest.limit
        acts = deeds.permissions(spot, self._me, is_chat_closed=self._chats.is_closed)
        files = enclosures.IN_POSTS if spot.is_public else enclosures.NONE
        return wire.Capabilities(limit=limit, is_public=spot.is_public, acts=acts, files=files)

    def count(self, text: str) -> int:
        return counting.count(text)
