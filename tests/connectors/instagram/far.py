"""Instagram's side: an account with one post, its comments, and its private messages, on the loopback Graph."""

from typing import Any

from bot import wire
from bot.connectors.base import Account
from tests.connectors.far_side import Taken
from tests.connectors.meta.far import SAID_AT
from tests.connectors.meta.private import PrivateFar, now

US = "17841400"
PAGE = "1010"
ANN = {"id": "7001", "username": "annlee"}


def change(field: str, us: str = US, at: int = SAID_AT, **value: Any) -> dict[str, Any]:
    return {"object": "instagram", "entry": [{"id": us, "time": at, "changes": [{"field": field, "value": value}]}]}


def comment(text: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """A comment of Ann's under our post, as the webhook tells it."""
    told = {"id": f"180{number}", "text": text, "from": ANN, "media": {"id": "900", "media_product_type": "FEED"}}
    return change("comments", **told | more)


class Instagram(PrivateFar):
    network = "instagram"
    own = "account_id"
    us = US
    page = PAGE
    kind = "instagram"
    scopes = ("instagram_basic", "instagram_manage_comments", "instagram_manage_messages")

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[dict[str, Any]] = []
        self.tags: list[dict[str, Any]] = []
        self.commented: list[tuple[str, dict[str, Any]]] = []
        self.done: list[tuple[str, str, dict[str, Any]]] = []

    def account(self, **more: str) -> Account:
        return super().account(**{"page_id": PAGE} | more)

    def play(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        match method, path.split("/"):
            case "GET", [self.us, "media"]:
                return {
                    "data": [{"id": "901", "comments_count": 0}, {"id": "900", "comments_count": len(self.comments)}]
                }
            case "GET", [self.us, "tags"]:
                return {"data": self.tags}
            case "GET", ["900", "comments"]:
                first, *replies = self.comments or [{}]
                return {"data": [first | {"replies": {"data": replies[::-1]}}] if first else []}
            case "POST", [_, ("replies" | "mentions")]:
                self.commented.append((path, body))
                return {"id": f"189{len(self.commented)}"}
            case (("POST" | "DELETE"), [one]) if one.startswith("180"):
                self.done.append((method, one, body))
                return {"success": True}
        return self.play_private(method, path, query, body)

    async def say(self, text: str) -> str:
        self.comments.append({"id": f"180{len(self.comments) + 1}", "timestamp": now(), "from": ANN, "text": text})
        return str(self.comments[-1]["id"])

    async def babble(self) -> None:
        self.comments.append({"id": f"180{len(self.comments) + 1}", "timestamp": now(), "from": ANN, "text": ["?"]})

    def payload(self, text: str) -> dict[str, Any]:
        return comment(text)

    def odd_payload(self) -> dict[str, Any]:
        return change("telepathy")

    def taken(self) -> list[Taken]:
        under = [(path.partition("/")[0], body["message"]) for path, body in self.commented]
        return [Taken(f"189{at}", place, text, place) for at, (place, text) in enumerate(under, start=1)]

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id="1801", text=text, is_public=True)
