"""Mastodon's side for the connector's contract, played on the loopback instance; and the words that tests share."""

import json
from collections.abc import Awaitable
from typing import Protocol

import msgspec
from aiohttp import web

from bot import clock, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from tests.connectors import far_side
from tests.connectors.far_side import Taken, TakenFile, Trouble
from tests.connectors.mastodon.instance import ANN, TOKEN, Instance, markup, refused

HTML = "<html><body>502 Bad Gateway</body></html>"
PERSON = wire.Person("7", name="Ann Lee", username="ann@far.example")


def account(instance: Instance, **options: str) -> Account:
    return Account(
        name="mastodon-test",
        network="mastodon",
        base_url=instance.url,
        options=options,
        secrets={"token": TOKEN},
        is_private_network_allowed=True,
    )


def connect(instance: Instance, at: clock.Clock = clock.now, **options: str) -> Connector:
    return registry.connect(account(instance, **options), at)


class Line(Protocol):
    """What the fixture `line` is."""

    def __call__(self, at: clock.Clock = clock.now, **options: str) -> Awaitable[Connector]: ...


class Mastodon(far_side.FarSide):
    """Ann writes in private; all that she says is of one conversation."""

    network = "mastodon"
    secrets = (TOKEN,)

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def connect(self) -> Connector:
        return connect(self.instance)

    async def say(self, text: str) -> str:
        status = self.instance.write(text, ANN, "direct")
        self.instance.tell(status)
        return str(status["id"])

    async def edit(self, external_id: str, text: str) -> None:
        self.instance.edit(external_id, text)

    async def delete(self, external_id: str) -> None:
        raise far_side.NotOnThisNetwork("what was deleted before we listened has left no notification on Mastodon")

    async def babble(self) -> None:
        self.instance.tell({"id": ["no id"], "content": 3})

    async def trouble(self, kind: Trouble) -> None:
        match kind:
            case Trouble.RATE_LIMIT:
                wait = str(int(far_side.WAIT.total_seconds()))
                self.instance.instead.append(refused(429, "Too many requests", **{"Retry-After": wait}))
            case Trouble.BAD_CREDENTIALS:
                self.instance.instead.append(refused(401, "The access token is invalid"))
            case Trouble.REFUSAL:
                self.instance.instead.append(refused(422, f"Validation failed: {self.repeated}"))
            case Trouble.NONSENSE:
                self.instance.instead.append(web.Response(text=HTML, status=502, content_type="text/html"))
            case Trouble.LOST_ANSWER:
                self.instance.answers_lost = 1
            case Trouble.UNREACHABLE:
                await self.instance.stop()

    async def recover(self) -> None:
        self.instance.instead.clear()
        self.instance.answers_lost = 0
        await self.instance.stop()
        await self.instance.start()

    def taken(self) -> list[Taken]:
        return [
            Taken(
                external_id=one["id"],
                conversation_id="direct:7" if one["visibility"] == "direct" else "public",
                text=one["status"].removeprefix("@ann@far.example").removeprefix(" "),
                in_reply_to=one.get("in_reply_to_id", ""),
                files=tuple(self._file(number) for number in one.get("media_ids", [])),
            )
            for one in self.instance.sent
        ]

    def _file(self, number: str) -> TakenFile:
        kind, body = self.instance.files[number]
        return TakenFile(kind, body, self.instance.media[number]["description"] or "")

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id="direct:7", text=text, is_public=False, to=PERSON)

    def kept(self, text: str) -> bytes:
        status = self.instance.write("x", ANN, "direct", content=markup(text))
        return json.dumps({"id": "5", "type": "mention", "status": status}).encode()

    def hook(self, text: str) -> HookRequest:
        raise far_side.NotOnThisNetwork("Mastodon does not call us")

    def babbling_hook(self) -> HookRequest:
        raise far_side.NotOnThisNetwork("Mastodon does not call us")

    def forged_hooks(self) -> list[HookRequest]:
        raise far_side.NotOnThisNetwork("Mastodon does not call us")

    def broken_hooks(self) -> list[HookRequest]:
        raise far_side.NotOnThisNetwork("Mastodon does not call us")


def words(text: str, conversation_id: str = "direct:7", **more: object) -> wire.OutboundMessage:
    plain = wire.OutboundMessage("key", conversation_id, text, is_public=False, to=PERSON)
    return msgspec.structs.replace(plain, **more)
