"""Facebook's side: a Page with one post of its own, and what people write under it, on the loopback Graph."""

from typing import Any

from bot import wire
from tests.connectors.far_side import Taken, TakenFile
from tests.connectors.meta.far import SAID_AT
from tests.connectors.meta.graph_api import read
from tests.connectors.meta.private import PrivateFar, now

US = "1010"
POST = f"{US}_500"
ANN = {"id": "7001", "name": "Ann Lee"}


def change(field: str = "feed", at: int = SAID_AT, us: str = US, **value: Any) -> dict[str, Any]:
    """A change on the Page, as the webhook tells it."""
    told = {"from": ANN, "post_id": POST, "created_time": SAID_AT, "verb": "add"} | value
    return {"object": "page", "entry": [{"id": us, "time": at, "changes": [{"field": field, "value": told}]}]}


def comment(text: str, number: int = 1, **more: Any) -> dict[str, Any]:
    named = {"item": "comment", "comment_id": f"500_{number}", "parent_id": POST, "message": text}
    return change(**named | more)


class Facebook(PrivateFar):
    network = "facebook"
    own = "page_id"
    us = US
    kind = "page"
    scopes = ("pages_manage_engagement", "pages_messaging", "pages_read_user_content")

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[dict[str, Any]] = []
        self.commented: list[tuple[str, str]] = []
        self.pictures: list[tuple[TakenFile, ...]] = []
        self.done: list[tuple[str, str, dict[str, Any]]] = []

    def play(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        match method, path.split("/"):
            case "GET", [self.us, "feed"]:
                ours = {
                    "id": POST,
                    "created_time": "2026-01-01T09:00:00+0000",
                    "updated_time": now(),
                    "from": {"id": US},
                }
                return {"data": [ours]}
            case "GET", [self.us, "tagged"]:
                return {"data": []}
            case "GET", [_, "comments"]:
                assert query["filter"] == "stream"
                return {"data": self.comments[::-1]}
            case "POST", [under, "comments"]:
                self.commented.append((under, body.get("message", "")))
                self.pictures.append((read(body["source"])[1],) if "source" in body else ())
                return {"id": f"500_9{len(self.commented)}"}
            case (("POST" | "DELETE"), [one, *edge]) if "_" in one:
                self.done.append((method, "/".join([one, *edge]), body))
                return {"success": True}
        return self.play_private(method, path, query, body)

    async def say(self, text: str) -> str:
        made = {"id": f"500_{len(self.comments) + 1}", "created_time": now(), "from": ANN, "message": text}
        if self.comments:
            made["parent"] = {"id": "500_1"}
        self.comments.append(made | {"permalink_url": "https://facebook.example/500"})
        return str(made["id"])

    async def babble(self) -> None:
        self.comments.append(
            {"id": f"500_{len(self.comments) + 1}", "created_time": now(), "from": ANN, "message": ["?"]}
        )

    def payload(self, text: str) -> dict[str, Any]:
        return comment(text)

    def odd_payload(self) -> dict[str, Any]:
        return change(item="telepathy")

    def taken(self) -> list[Taken]:
        taken = zip(self.commented, self.pictures, strict=True)
        return [
            Taken(f"500_9{at}", under, text, under, files) for at, ((under, text), files) in enumerate(taken, start=1)
        ]

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id="500_1", text=text, is_public=True)
