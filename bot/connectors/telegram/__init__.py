"""Telegram, by a bot: private chats, and in groups whatever is said to it. Heard by long poll or by webhook."""

from collections.abc import AsyncIterator
from datetime import timedelta

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import silence
from bot.connectors.base import Account, Connector, HookAnswer, HookRequest
from bot.connectors.telegram import attachments, enclosures, options, receive, send, translate
from bot.connectors.telegram.api import Api
from bot.connectors.telegram.options import Mode
from bot.connectors.telegram.receive import Reader

# A failed delivery that Telegram reported longer ago than this says nothing about now.
_RECENT = timedelta(minutes=5)


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> Connector:
    """The connector of one bot. Raises Invalid when a setting is not fit. Telegram is asked nothing before `open`."""
    return Telegram(account, manifest, clock)


class Telegram:
    """One bot's line. Telegram tells who the bot is at `open`; until then nothing can be heard or sent."""

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        self._clock = clock
        self._options = options.read(account)
        self._api: Api | None = None
        self._reader: Reader | None = None

    async def open(self) -> None:
        """Meet the bot, and tell Telegram how we listen. What waits there is kept, however it was heard before."""
        await self.close()
        self._api = Api(self._options)
        try:
            await self._meet(self._api)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the line. A webhook stays set: Telegram keeps what it cannot deliver, and tries again."""
        api, self._api, self._reader = self._api, None, None
        if api:
            await api.shutdown()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        if self._options.mode is Mode.WEBHOOK:
            return silence.nothing()
        return receive.poll(self._line(), self._ears(), cursor, self._clock)

    def accept(self, request: HookRequest) -> HookAnswer:
        if self._options.mode is not Mode.WEBHOOK:
            raise errors.NotAllowed("This channel is not heard by webhook.")
        receive.verify(request, self._options.hook_secret)
        return HookAnswer(self._ears().batch([receive.update(request)]))

    def reread(self, raw: bytes) -> wire.Batch:
        return self._ears().again(raw)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        return await send.send(self._line(), message, self.manifest.limit)

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:  # noqa: ARG002  the protocol's
        """Always Uncertain: a bot cannot look at what it has sent."""
        raise errors.Uncertain("Telegram offers no way to look whether it took the message. Look in the chat itself.")

    async def fetch(self, file: wire.Attachment) -> bytes:
        """A file that somebody sent. A place, a card or a question to vote on is none."""
        if file.kind not in attachments.FILES:
            raise errors.NotFound("This is no file.")
        return await self._line().file(file.external_id)

    async def probe(self) -> wire.ChannelHealth:
        try:
            await self._line().call("getMe")
            return await self._delivery() if self._options.mode is Mode.WEBHOOK else _CONNECTED
        except errors.Reauthorize as error:
            return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
        except errors.TryLater as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
        except errors.Refused as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)

    async def act(self, deed: wire.Deed) -> None:
        raise errors.Refused(f"Telegram knows no {deed.act}.")

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        return wire.Capabilities(limit=self.manifest.limit, is_public=spot.is_public, files=enclosures.RULES)

    def count(self, text: str) -> int:
        return send.count(text)

    async def _meet(self, api: Api) -> None:
        me = await api.meet()
        if self._options.mode is Mode.WEBHOOK:
            await self._set_webhook(api)
        else:
            await self._unset_webhook(api)
        us = translate.Ourselves(me.id, me.username or "", self._options.groups)
        self._reader = Reader(us, self._clock)

    async def _set_webhook(self, api: Api) -> None:
        if not self._options.hook_url:
            raise errors.Invalid("A webhook needs this desk's public address.", field="hook_url")
        await api.call(
            "setWebhook",
            url=self._options.hook_url,
            secret_token=self._options.hook_secret,
            allowed_updates=list(translate.KINDS),
        )

    async def _unset_webhook(self, api: Api) -> None:
        """Telegram answers no poll while a webhook is set. What waits for the webhook is kept for the poll."""
        if (await _webhook(api)).get("url"):
            await api.call("deleteWebhook")

    async def _delivery(self) -> wire.ChannelHealth:
        """Whether Telegram gets through to us."""
        told = await _webhook(self._line())
        if told.get("url") != self._options.hook_url:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, "Another webhook, or none, is set for this bot.")
        failed_at = translate.moment(told.get("last_error_date"))
        if failed_at and told.get("pending_update_count") and self._clock() - failed_at < _RECENT:
            reason = str(told.get("last_error_message") or "")[:200]
            return wire.ChannelHealth(wire.Health.INTERRUPTED, f"Telegram cannot reach us: {reason}")
        return _CONNECTED

    def _line(self) -> Api:
        if self._api is None:
            raise errors.TryLater("The channel is not connected yet.")
        return self._api

    def _ears(self) -> Reader:
        if self._reader is None:
            raise errors.TryLater("The channel is not connected yet.")
        return self._reader


_CONNECTED = wire.ChannelHealth(wire.Health.CONNECTED)


async def _webhook(api: Api) -> dict[str, object]:
    told = await api.call("getWebhookInfo")
    return told if isinstance(told, dict) else {}
