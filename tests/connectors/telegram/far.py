"""Telegram's side for the connector's contract, played on the loopback Bot API; and the shapes of updates that tests share."""

import json
from collections.abc import Awaitable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from bot import clock, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from tests.connectors import far_side
from tests.connectors.far_side import Taken, TakenFile, Trouble
from tests.connectors.telegram.bot_api import TOKEN, BotApi, failed

HOOK_SECRET = "Hook_secret-9f8e7d"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann", "last_name": "Lee", "username": "annlee"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann", "last_name": "Lee"}
HTML = "<html><body>502 Bad Gateway</body></html>"


def message(number: int, text: str, **more: Any) -> dict[str, Any]:
    """A message of Ann's in private, as Telegram writes one."""
    return {"message_id": number, "date": 1_772_442_000 + number, "chat": PRIVATE, "from": ANN, "text": text} | more


def account(api: BotApi, **options: str) -> Account:
    return Account(
        name="telegram-test",
        network="telegram",
        base_url=api.url,
        options=options,
        secrets={"token": TOKEN, "hook_secret": HOOK_SECRET},
        hook_url="https://desk.example/hooks/telegram-test",
        is_private_network_allowed=True,
    )


def connect(api: BotApi, at: clock.Clock = clock.now, **options: str) -> Connector:
    return registry.connect(account(api, **options), at)


def request(body: bytes, secret: str | None = HOOK_SECRET, method: str = "POST") -> HookRequest:
    """A request at our door, with Telegram's header when there is a secret."""
    headers = {"content-type": "application/json"}
    if secret is not None:
        headers["x-telegram-bot-api-secret-token"] = secret
    return HookRequest(method, headers, {}, body, clock.now())


class Line(Protocol):
    """What the fixture `line` is."""

    def __call__(self, at: clock.Clock = clock.now, **options: str) -> Awaitable[Connector]: ...


class Telegram(far_side.FarSide):
    """`mode` is how the connector under test hears."""

    network = "telegram"
    secrets = (TOKEN, TOKEN.partition(":")[2], HOOK_SECRET)

    def __init__(self, api: BotApi, mode: str) -> None:
        self.api = api
        self.mode = mode
        self._number = 0

    def connect(self) -> Connector:
        return connect(self.api, mode=self.mode)

    async def say(self, text: str) -> str:
        self._number += 1
        await self.api.emit("message", message(self._number, text))
        return f"7:{self._number}"

    async def edit(self, external_id: str, text: str) -> None:
        number = int(external_id.partition(":")[2])
        # Within the second of the edit before, so that the date alone does not tell them apart.
        await self.api.emit("edited_message", message(number, text, edit_date=1_772_443_000))

    async def delete(self, external_id: str) -> None:
        raise far_side.NotOnThisNetwork("Telegram tells a bot of deletions in business conversations only")

    async def babble(self) -> None:
        await self.api.emit("message", {"message_id": "no number", "text": ["no text"]})

    async def trouble(self, kind: Trouble) -> None:
        match kind:
            case Trouble.RATE_LIMIT:
                wait = int(far_side.WAIT.total_seconds())
                self.api.answer_next(failed(429, f"Too Many Requests: retry after {wait}", retry_after=wait))
            case Trouble.BAD_CREDENTIALS:
                self.api.answer_next(failed(401, "Unauthorized"))
            case Trouble.REFUSAL:
                self.api.answer_next(failed(403, f"Forbidden: {self.repeated}"))
            case Trouble.NONSENSE:
                self.api.answer_next(web.Response(text=HTML, status=502, content_type="text/html"))
            case Trouble.LOST_ANSWER:
                self.api.answers_lost = 1
            case Trouble.UNREACHABLE:
                await self.api.stop()

    async def recover(self) -> None:
        self.api.instead.clear()
        self.api.answers_lost = 0
        await self.api.stop()
        await self.api.start()

    def taken(self) -> list[Taken]:
        return [
            Taken(
                external_id=f"{one['chat_id']}:{one['message_id']}",
                conversation_id=str(one["chat_id"]),
                text=one["text"],
                in_reply_to=_answered(one),
                files=(TakenFile(*one["file"][:2]),) if "file" in one else (),
            )
            for one in self.api.sent
        ]

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id="7", text=text, is_public=False)

    def hook(self, text: str) -> HookRequest:
        return request(json.dumps({"update_id": 5, "message": message(1, text)}).encode())

    def babbling_hook(self) -> HookRequest:
        return request(b'{"update_id": 6, "message": {"message_id": "no number"}}')

    def kept(self, text: str) -> bytes:
        return self.hook(text).body

    def forged_hooks(self) -> list[HookRequest]:
        body = self.hook("forged").body
        return [request(body, secret) for secret in (None, "", "wrong", HOOK_SECRET + "x", HOOK_SECRET[:-1], "é\udcff")]

    def broken_hooks(self) -> list[HookRequest]:
        bodies = (
            b"",
            b"{",
            b"[]",
            b'"text"',
            b"{}",
            b'{"update_id": "5"}',
            b"\xff\xfe",
            b"[" * 100_000,
            b" " * 2_000_000,
        )
        return [request(body) for body in bodies]


def _answered(sent: dict[str, Any]) -> str:
    answered = sent.get("reply_parameters")
    return f"{sent['chat_id']}:{answered['message_id']}" if answered else ""


def words(text: str, conversation_id: str, **more: Any) -> wire.OutboundMessage:
    plain = wire.OutboundMessage(key="key", conversation_id=conversation_id, text=text, is_public=False)
    return msgspec.structs.replace(plain, **more)
