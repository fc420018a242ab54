"""What the far sides of Meta's networks share: signed requests, troubles of the Graph, and an account on the loopback Graph."""

import hashlib
import hmac
import json
from abc import abstractmethod
from typing import Any

from aiohttp import web

from bot import clock
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from tests.connectors import far_side
from tests.connectors.far_side import Trouble
from tests.connectors.meta.graph_api import APP_ID, APP_SECRET, TOKEN, GraphApi, failed

VERIFY_TOKEN = "our-word-for-meta-77"
HTML = "<html><body>502 Bad Gateway</body></html>"
SAID_AT = 1_772_442_000


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request(body: bytes, sign: str | None = None, **query: str) -> HookRequest:
    """A POST at our door, rightly signed unless `sign` says otherwise."""
    headers = {"content-type": "application/json", "x-hub-signature-256": signature(body) if sign is None else sign}
    return HookRequest("POST", headers, query, body, clock.now())


def asked_by_get(**query: str) -> HookRequest:
    named = {f"hub.{name}": value for name, value in query.items()}
    return HookRequest("GET", {}, named, b"", clock.now())


class MetaFar(far_side.FarSide):
    """`own` is the setting and `us` the id of our account; `look_every` makes those who look back do so at once."""

    secrets = (TOKEN, APP_SECRET, VERIFY_TOKEN)
    own: str
    us: str
    scopes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.api = GraphApi(self.play, self.scopes)

    @abstractmethod
    def play(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        """The network's answer to one question."""

    @abstractmethod
    def payload(self, text: str) -> dict[str, Any]:
        """The webhook's body that brings `text`."""

    @abstractmethod
    def odd_payload(self) -> dict[str, Any]:
        """A body that is well formed, and whose content nobody can read."""

    def account(self, **more: str) -> Account:
        return Account(
            name=f"{self.network}-test",
            network=self.network,
            base_url=self.api.url,
            options={self.own: self.us, "app_id": APP_ID, "look_every": "0.05"} | more,
            secrets={"token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN},
            hook_url=f"https://desk.example/hooks/{self.network}-test",
            is_private_network_allowed=True,
        )

    def connect(self, at: clock.Clock = clock.now, **options: str) -> Connector:
        return registry.connect(self.account(**options), at)

    async def say(self, text: str) -> str:
        raise far_side.NotOnThisNetwork("only the webhook brings words")

    async def edit(self, external_id: str, text: str) -> None:
        raise far_side.NotOnThisNetwork("a look back shows what is there now, not what has changed")

    async def delete(self, external_id: str) -> None:
        raise far_side.NotOnThisNetwork("a look back shows what is there now, not what has gone")

    async def babble(self) -> None:
        raise far_side.NotOnThisNetwork("only the webhook brings words")

    async def trouble(self, kind: Trouble) -> None:
        match kind:
            case Trouble.RATE_LIMIT:
                wait = str(int(far_side.WAIT.total_seconds()))
                slow = failed(4, "Application request limit reached", status=403)
                slow.headers["Retry-After"] = wait
                self.api.answer_next(slow)
            case Trouble.BAD_CREDENTIALS:
                self.api.answer_next(failed(190, f"Error validating {self.repeated}", status=401))
            case Trouble.REFUSAL:
                self.api.answer_next(failed(551, f"This person isn't available: {self.repeated}"))
            case Trouble.NONSENSE:
                self.api.answer_next(web.Response(text=HTML, status=502, content_type="text/html"))
            case Trouble.LOST_ANSWER:
                self.api.answers_lost = 2
            case Trouble.UNREACHABLE:
                await self.api.stop()

    async def recover(self) -> None:
        self.api.instead.clear()
        self.api.answers_lost = 0
        await self.api.stop()
        await self.api.start()

    def hook(self, text: str) -> HookRequest:
        return request(self.kept(text))

    def babbling_hook(self) -> HookRequest:
        return request(json.dumps(self.odd_payload()).encode())

    def kept(self, text: str) -> bytes:
        return json.dumps(self.payload(text)).encode()

    def forged_hooks(self) -> list[HookRequest]:
        body = self.kept("forged")
        other = signature(b"another body")
        signs = (
            "",
            "wrong",
            "sha256=",
            other,
            signature(body, "another secret"),
            signature(body)[7:],
            "sha256=é\udcff",
        )
        return [request(body, sign) for sign in signs]

    def broken_hooks(self) -> list[HookRequest]:
        bodies = (b"", b"{", b"[]", b'"text"', b"{}", b'{"object": 3, "entry": []}', b"\xff\xfe", b"[" * 100_000)
        return [request(body) for body in bodies]
