"""Bluesky's side for the connector's contract, played on loopback; and the account that tests share."""

import json
from collections.abc import Awaitable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from bot import clock, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, Forgetful, HookRequest, Vault
from tests.connectors import far_side
from tests.connectors.bluesky.xrpc import ANN, BRAND, PASSWORD, POST, Xrpc, failed
from tests.connectors.far_side import NotOnThisNetwork, Taken, TakenFile, Trouble

HTML = "<html><body>502 Bad Gateway</body></html>"
ROOT = f"at://{BRAND['did']}/{POST}/3kroot"
# What Ann says in our thread is a conversation of hers.
PLACE = f"{ROOT}#{ANN['did']}"
NO_DOOR = "Bluesky does not call us"


def connect(api: Xrpc, at: clock.Clock = clock.now, vault: Vault | None = None, **options: str) -> Connector:
    account = Account(
        name="bluesky-test",
        network="bluesky",
        base_url=api.url,
        options={"identifier": BRAND["handle"]} | options,
        secrets={"password": PASSWORD},
        is_private_network_allowed=True,
        vault=vault or Forgetful(),
    )
    return registry.connect(account, at)


def words(text: str, **more: Any) -> wire.OutboundMessage:
    """Words of ours under our own post, unless told otherwise."""
    plain = wire.OutboundMessage(key="key-1", conversation_id=PLACE, text=text, is_public=True)
    return msgspec.structs.replace(plain, **more)


class Line(Protocol):
    """What the fixture `line` is."""

    def __call__(
        self, at: clock.Clock = clock.now, vault: Vault | None = None, **options: str
    ) -> Awaitable[Connector]: ...


class Bluesky(far_side.FarSide):
    """Ann speaks under a post of ours."""

    network = "bluesky"
    secrets = (PASSWORD, "access-1", "refresh-1")
    repeated = f"{PASSWORD} access-1"

    def __init__(self, api: Xrpc) -> None:
        self.api = api
        api.records[ROOT] = {"$type": POST, "text": "Bonjour", "createdAt": "2026-03-01T09:00:00.000Z"}

    def connect(self) -> Connector:
        return connect(self.api)

    async def say(self, text: str) -> str:
        ref = {"uri": ROOT, "cid": "bafyroot"}
        return self.api.say(text, "reply", reply={"root": ref, "parent": ref})

    async def edit(self, external_id: str, text: str) -> None:
        raise NotOnThisNetwork("a post cannot be edited on Bluesky")

    async def delete(self, external_id: str) -> None:
        raise NotOnThisNetwork("a deletion is noticed once the post was heard; see test_receive")

    async def babble(self) -> None:
        self.api.say("?")
        self.api.notifications[-1]["record"] = {"text": ["no text"]}

    async def trouble(self, kind: Trouble) -> None:
        match kind:
            case Trouble.RATE_LIMIT:
                wait = str(int(far_side.WAIT.total_seconds()))
                self.api.instead.append(
                    failed(429, "RateLimitExceeded", "Rate Limit Exceeded", **{"Retry-After": wait})
                )
            case Trouble.BAD_CREDENTIALS:
                self.api.is_locked = True
            case Trouble.REFUSAL:
                self.api.instead.append(failed(400, "InvalidRequest", f"Invalid record: {self.repeated}"))
            case Trouble.NONSENSE:
                self.api.instead.append(web.Response(text=HTML, status=502, content_type="text/html"))
            case Trouble.LOST_ANSWER:
                # A question is asked once more when the connection that was kept turns out to be dead.
                self.api.answers_lost = 2
            case Trouble.UNREACHABLE:
                await self.api.stop()

    async def recover(self) -> None:
        self.api.instead.clear()
        self.api.answers_lost = 0
        self.api.is_locked = False
        await self.api.stop()
        await self.api.start()

    def taken(self) -> list[Taken]:
        ours = [(uri, one) for uri, one in self.api.records.items() if uri.startswith(f"at://{BRAND['did']}/{POST}/")]
        return [
            Taken(
                uri,
                f"{one['reply']['root']['uri']}#{ANN['did']}",
                one["text"],
                one["reply"]["parent"]["uri"],
                tuple(self._file(image) for image in one.get("embed", {}).get("images", [])),
            )
            for uri, one in ours
            if uri != ROOT
        ]

    def _file(self, image: dict[str, Any]) -> TakenFile:
        blob = image["image"]
        return TakenFile(blob["mimeType"], self.api.blobs[blob["ref"]["$link"]], image["alt"])

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return words(text, key=key)

    def hook(self, text: str) -> HookRequest:
        raise NotOnThisNetwork(NO_DOOR)

    def babbling_hook(self) -> HookRequest:
        raise NotOnThisNetwork(NO_DOOR)

    def kept(self, text: str) -> bytes:
        self.api.say(text)
        return json.dumps(self.api.notifications.pop()).encode()

    def forged_hooks(self) -> list[HookRequest]:
        raise NotOnThisNetwork(NO_DOOR)

    def broken_hooks(self) -> list[HookRequest]:
        raise NotOnThisNetwork(NO_DOOR)


def profile(of: dict[str, str] = ANN) -> wire.Person:
    return wire.Person(of["did"], of["displayName"], of["handle"], of.get("avatar", ""))
