"""Private messages of a Page or an Instagram account, as the webhook and the Graph tell them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot import wire
from tests.connectors.far_side import Taken, TakenFile
from tests.connectors.meta.far import MetaFar
from tests.connectors.meta.graph_api import APP_ID, read

ANN = "7001"


def event(us: str, number: int, **more: Any) -> dict[str, Any]:
    """An event of Ann's conversation with us, as the webhook tells it."""
    at = int(datetime.now(UTC).timestamp() * 1000)
    return {"sender": {"id": ANN}, "recipient": {"id": us}, "timestamp": at + number} | more


def said(us: str, number: int, text: str, **more: Any) -> dict[str, Any]:
    return event(us, number, message={"mid": f"m_{number}", "text": text} | more)


class PrivateFar(MetaFar):
    """`heard` is what the Graph has in Ann's conversation, the oldest first; `page` is the Page by which we speak."""

    kind: str
    page = ""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self.files: dict[str, tuple[str, TakenFile]] = {}
        self.carried: list[dict[str, Any]] = []
        self.subscribed: Callable[[], Any] = lambda: {"data": [{"id": APP_ID}]}

    def play_private(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        match method, path.split("/"):
            case "GET", [self.us]:
                return {"id": self.us}
            case "GET", [self.us, "subscribed_apps"]:
                return self.subscribed()
            case "GET", [place, "conversations"] if place == (self.page or self.us):
                newest = self.heard[-1]["created_time"] if self.heard else now()
                return {"data": [{"id": "t_1", "updated_time": newest}] if self.heard else []}
            case "GET", ["t_1", "messages"]:
                return {"data": self.heard[::-1]}
            case "POST", [place, "message_attachments"] if place == (self.page or self.us):
                self.carried.append(json.loads(body["message"]) | {"platform": body["platform"]})
                self.files[f"att_{len(self.files)}"] = read(body["filedata"])
                return {"attachment_id": f"att_{len(self.files) - 1}"}
            case "POST", [place, "messages"] if place == (self.page or self.us):
                self.sent.append(body)
                return {"recipient_id": ANN, "message_id": f"m_out{len(self.sent)}"}
        raise AssertionError(f"{self.network} knows no {method} {path}")

    def envelope(self, *told: dict[str, Any]) -> dict[str, Any]:
        return {"object": self.kind, "entry": [{"id": self.us, "time": 1, "messaging": list(told)}]}

    async def say(self, text: str) -> str:
        self.heard.append(
            {
                "id": f"m_{len(self.heard) + 1}",
                "created_time": now(),
                "from": {"id": ANN, "name": "Ann Lee"},
                "message": text,
            }
        )
        return str(self.heard[-1]["id"])

    async def babble(self) -> None:
        self.heard.append(
            {"id": f"m_{len(self.heard) + 1}", "created_time": now(), "from": {"id": ANN}, "message": ["?"]}
        )

    def payload(self, text: str) -> dict[str, Any]:
        return self.envelope(said(self.us, 1, text))

    def odd_payload(self) -> dict[str, Any]:
        return self.envelope(event(self.us, 1, telepathy={"mid": "m_1"}))

    def taken(self) -> list[Taken]:
        return [
            Taken(
                f"m_out{number}",
                body["recipient"]["id"],
                body["message"].get("text", ""),
                body.get("reply_to", {}).get("mid", ""),
                self._held(body["message"]),
            )
            for number, body in enumerate(self.sent, start=1)
        ]

    def _held(self, said: dict[str, Any]) -> tuple[TakenFile, ...]:
        payload = said.get("attachment", {}).get("payload", {})
        return tuple(self.files[number][1] for number in payload.values())

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id=ANN, text=text, is_public=False)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
