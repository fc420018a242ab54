"""Threads' side: an account with one post, and what people write under it, on the loopback Graph."""

from typing import Any

from bot import wire
from bot.connectors.base import Account
from tests.connectors.far_side import Taken
from tests.connectors.meta.far import MetaFar
from tests.connectors.meta.graph_api import APP_ID, APP_SECRET
from tests.connectors.meta.private import now

US = "7240"
ROOT = "8000"


def news(field: str, **value: Any) -> dict[str, Any]:
    """What the webhook brings."""
    return {
        "app_id": "7",
        "topic": "moderate",
        "target_id": ROOT,
        "time": 1_772_442_000,
        "values": {"value": value, "field": field},
    }


def reply(text: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """A reply of Ann's to our post."""
    told = {"id": f"80{number}", "username": "annlee", "text": text, "media_type": "TEXT_POST", "timestamp": now()}
    return told | {"replied_to": {"id": ROOT}, "root_post": {"id": ROOT, "owner_id": US, "username": "banque"}} | more


class Threads(MetaFar):
    network = "threads"
    own = "user_id"
    us = US
    scopes = ("threads_basic", "threads_manage_mentions", "threads_manage_replies", "threads_read_replies")

    def __init__(self) -> None:
        super().__init__()
        self.api.app_token = f"TH|{APP_ID}|{APP_SECRET}"
        self.renewed = ""
        self.replies: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []
        self.made: list[dict[str, Any]] = []
        self.published: list[dict[str, Any]] = []
        self.done: list[tuple[str, str, dict[str, Any]]] = []
        # What is made is seen by nobody: only publishing it counts, and so trouble waits for that.
        self.api.spared.add(("POST", f"{US}/threads"))

    def account(self, **more: str) -> Account:
        return super().account(**{"username": "banque"} | more)

    def play(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        match method, path.split("/"):
            case "GET", [self.us]:
                return {"id": US}
            case "GET", [self.us, "threads"]:
                return {"data": [{"id": ROOT}]}
            case "GET", [self.us, "mentions"]:
                return {"data": self.mentions}
            case "GET", ["refresh_access_token"]:
                self.api.token = self.renewed
                return {"access_token": self.renewed, "expires_in": 5_184_000}
            case "GET", ["8000", "conversation"]:
                return {"data": self.replies[::-1]}
            case "POST", [self.us, "threads"]:
                self.made.append(body)
                return {"id": f"c{len(self.made)}"}
            case "POST", [self.us, "threads_publish"]:
                self.published.append(self.made[int(body["creation_id"][1:]) - 1])
                return {"id": f"89{len(self.published)}"}
        self.done.append((method, path, body))
        return {"success": True}

    async def say(self, text: str) -> str:
        self.replies.append(reply(text, len(self.replies) + 1))
        return str(self.replies[-1]["id"])

    async def babble(self) -> None:
        self.replies.append(reply("", len(self.replies) + 1) | {"text": ["?"]})

    def payload(self, text: str) -> dict[str, Any]:
        return news("replies", **reply(text))

    def odd_payload(self) -> dict[str, Any]:
        return news("telepathy", id="1")

    def taken(self) -> list[Taken]:
        return [
            Taken(f"89{number}", f"{ROOT}:annlee", body["text"], body["reply_to_id"])
            for number, body in enumerate(self.published, start=1)
        ]

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id=f"{ROOT}:annlee", text=text, is_public=True)
